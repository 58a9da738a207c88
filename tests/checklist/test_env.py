"""Environment variables: where they are read, and where they are documented."""

from __future__ import annotations

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.python import modules
from scaffolder.check.shipping.env import code_env_reads, env_example


def reads(**files: str) -> set[str]:
    snapshot = Snapshot.of_files({name.replace("__", "/") + ".py": text.encode() for name, text in files.items()})
    return {read.name for read in code_env_reads(modules(snapshot), snapshot)}


@pytest.mark.parametrize(
    "code",
    [
        'import os\nx = os.environ["A_KEY"]',
        'import os\nx = os.environ.get("A_KEY", "")',
        'import os\nx = os.getenv("A_KEY")',
        'from os import environ, getenv\nx = environ["A_KEY"]',
        'from os import getenv\nx = getenv("A_KEY")',
        'import os\nNAME = "A_KEY"\nx = os.environ[NAME]',
        'import typer\nx = typer.Option("", envvar="A_KEY")',
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a_key: str",
        "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_prefix='A_')\n    key: str = ''",
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    model_config = {'env_prefix': 'a_'}\n    key: str",
        "from pydantic import BaseSettings\nclass S(BaseSettings):\n    key: str\n    class Config:\n        env_prefix = 'A_'",
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    key: str = Field('', validation_alias='A_KEY')",
    ],
)
def test_each_way_to_read_a_variable(code: str) -> None:
    assert reads(app=code) == {"A_KEY"}


def test_a_base_class_of_another_module_takes_the_prefix_of_the_class_that_is_used() -> None:
    base = "from pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    port: int = 1\n"
    used = "from base import Base\nclass Config(Base):\n    model_config = SettingsConfigDict(env_prefix='APP_')\n    size: int = 1\n"
    assert reads(base=base, used=used) == {"APP_PORT", "APP_SIZE"}


@pytest.mark.parametrize(
    "code",
    [
        'import os\nos.environ["A_KEY"] = "1"',
        'import os\nx = os.environ["HOME"]',
        "import os\nx = {**os.environ}",
        'x = settings.get("A_KEY")',
        "class Config:\n    key: str",
        "def broken(:\n    os.environ['A_KEY']",
    ],
)
def test_what_reads_no_variable_that_a_person_sets(code: str) -> None:
    assert reads(app=code) == set()


def test_tests_do_not_count_and_compose_does() -> None:
    snapshot = Snapshot.of_files(
        {
            "tests/test_app.py": b'import os\nx = os.environ["ONLY_IN_TESTS"]',
            "compose.yaml": b"services:\n  a:\n    image: x:${TAG:-1}\n    command: $$${NOT}\n",
        }
    )
    assert [(read.name, read.line) for read in code_env_reads(modules(snapshot), snapshot)] == [("TAG", 3)]


def test_an_example_documents_names_in_any_case_and_nested_ones() -> None:
    example = env_example(
        Snapshot.of_files({".env.example": b"# comment\nexport APP_PORT=1\n# APP_SIZE=2\nDB__HOST=x\n"})
    )
    assert example is not None
    assert [example.documents(name) for name in ("app_port", "APP_SIZE", "DB", "APP_HOST")] == [True, True, True, False]
