"""The Mermaid grammar: what parses, what it joins, and where it is wrong."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder.check.diagrams.mermaid import parse


def edges(text: str) -> set[tuple[str, str]]:
    diagram = parse(text)
    assert diagram.problems == ()
    return set(diagram.edges)


def test_a_chain_and_a_group_are_all_their_edges() -> None:
    assert edges("flowchart LR\n  A --> B --> C\n  D & E --> F & G") == {
        ("A", "B"),
        ("B", "C"),
        ("D", "F"),
        ("D", "G"),
        ("E", "F"),
        ("E", "G"),
    }


@pytest.mark.parametrize(
    "edge",
    [
        "-->",
        "---",
        "-.->",
        "-.-",
        "==>",
        "===",
        "~~~",
        "--o",
        "--x",
        "<-->",
        "o--o",
        "x--x",
        "---->",
        "-..->",
        "====>",
        "-->|yes|",
        "e1@-->",
        '-->|"a (b)"|',
        "-- yes -->",
        "-- no ---",
        "== big ==>",
        "-. maybe .->",
    ],
)
def test_every_kind_of_edge(edge: str) -> None:
    assert edges(f"graph TD\nA {edge} B") == {("A", "B")}


@pytest.mark.parametrize(
    ("shape", "label"),
    [
        ("[text]", "text"),
        ("(text)", "text"),
        ("([text])", "text"),
        ("[[text]]", "text"),
        ("[(data base)]", "data base"),
        ("((text))", "text"),
        ("(((text)))", "text"),
        ("{text}", "text"),
        ("{{text}}", "text"),
        (">text]", "text"),
        ("[/text/]", "text"),
        ("[\\text\\]", "text"),
        ('["with (round) [brackets]"]', "with (round) [brackets]"),
        ('["two\nlines"]', "two lines"),
        ('@{ shape: cyl, label: "rows" }', "rows"),
        ("[text]:::wide", "text"),
    ],
)
def test_every_shape_of_node(shape: str, label: str) -> None:
    diagram = parse(f"flowchart LR\nA{shape} --> B")
    assert diagram.problems == ()
    assert diagram.labels == {"A": label, "B": "B"}


def test_subgraphs_styles_comments_and_front_matter_are_no_nodes() -> None:
    diagram = parse(
        """---
title: Parts
---
%%{init: {"theme": "dark"}}%%
flowchart TB
  %% a comment --> with an arrow
  accTitle: parts of it
  subgraph one [The first]
    direction LR
    a1 --> a2
  end
  subgraph two
    b1
  end
  one --> two; a2 -.-> b1
  classDef wide fill:#fff,stroke:#000;
  class a1,a2 wide
  style b1 fill:#f9f
  linkStyle 0 stroke:#ff3
  click a1 "https://example.org"
"""
    )
    assert diagram.problems == ()
    assert diagram.nodes == {"a1", "a2", "b1", "one", "two"}
    assert ("a2", "b1") in diagram.edges


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  A -> B", "expected an edge"),
        ("  A -->", "no target"),
        ("  A --> B -->", "no target"),
        ("  --> B", "expected a node"),
        ("  A[text --> B", "expected an edge"),
        ("  A[load (raw)] --> B", "expected an edge"),
        ("  A B", "expected an edge"),
        ("  A -->|yes B", "no target"),
        ("  A & --> B", "expected a node"),
        ("  end", "without a subgraph"),
        ("  subgraph X", "has no `end`"),
    ],
)
def test_a_broken_statement_is_a_problem_with_its_line(line: str, message: str) -> None:
    diagram = parse(f"flowchart LR\n  P --> Q\n{line}\n  R --> S", line=41)
    assert [problem.line for problem in diagram.problems] == [43]
    assert message in diagram.problems[0].message
    assert {("P", "Q"), ("R", "S")} <= set(diagram.edges)


def test_sequence_diagrams() -> None:
    diagram = parse(
        """sequenceDiagram
  autonumber
  participant C as Client
  actor U
  C->>+API: POST /predict
  alt valid
    API-->>-C: 200
  else not
    API--xC: 422
  end
  Note over C,API: typed
  U-)C: click
"""
    )
    assert diagram.problems == ()
    assert diagram.nodes == {"C", "U", "API"}
    assert diagram.edges == (("C", "API"), ("API", "C"), ("API", "C"), ("U", "C"))


@pytest.mark.parametrize("line", ["A->B", "A => B: text", "end", "loop forever", "A->>: text"])
def test_a_broken_message_is_a_problem(line: str) -> None:
    assert [problem.line for problem in parse(f"sequenceDiagram\n{line}").problems] == [2]


def test_class_diagrams() -> None:
    diagram = parse(
        """classDiagram
  direction LR
  class Model {
    +predict(rows) List~float~
  }
  class Store["A store"]
  Model <|-- Linear
  Model "1" --> "*" Store : reads
  Store : +load()
  <<interface>> Model
  note for Store "on disk"
"""
    )
    assert diagram.problems == ()
    assert diagram.nodes == {"Model", "Linear", "Store"}
    assert diagram.edges == (("Model", "Linear"), ("Model", "Store"))


@pytest.mark.parametrize("line", ["A <- B", "class A {", "}", "A -->"])
def test_a_broken_relation_is_a_problem(line: str) -> None:
    assert [problem.line for problem in parse(f"classDiagram\n{line}").problems] == [2]


@pytest.mark.parametrize("text", ["", "   \n", "flowchrt LR\nA --> B", "flowchart sideways\nA --> B", "TODO"])
def test_a_wrong_header_is_a_problem(text: str) -> None:
    assert parse(text).problems


def test_other_kinds_are_not_looked_into() -> None:
    diagram = parse("erDiagram\n  A ||--o{ B : has")
    assert (diagram.understood, diagram.problems) == (False, ())


@given(st.text(alphabet='AB -.=~><|[](){}"&;:\n%{}xo', max_size=80))
def test_no_text_breaks_the_grammar(text: str) -> None:
    for header in ("flowchart LR\n", "sequenceDiagram\n", "classDiagram\n", ""):
        parse(header + text)


@pytest.mark.parametrize(
    "text",
    [
        "subgraph" + " " * 49000,
        "A[" + " " * 49000,
        "%%{" * 16000,
        "A~" * 24000,
        "A--" * 16000,
        "&A" * 24000,
        "accDescr {" * 4900,
        "A-.-" * 12000,
        "A" * 49000,
        "\n" * 49000,
        "A & " * 12000 + "A --> " + "B & " * 100,
    ],
)
def test_long_texts_take_bounded_time(text: str) -> None:
    start = time.process_time()
    for header in ("flowchart LR\n", "sequenceDiagram\n", "classDiagram\n"):
        parse(header + text)
    assert time.process_time() - start < 2
