"""Web addresses of repositories and files."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.portfolio.addresses import file_address, repository_address, web_address

REMOTES = {
    "git@github.com:ada/churn.git": "https://github.com/ada/churn",
    "https://github.com/ada/churn.git": "https://github.com/ada/churn",
    "https://ada:ghp_secret@github.com/ada/churn": "https://github.com/ada/churn",
    "ssh://git@gitlab.com:2222/group/sub/churn.git": "https://gitlab.com/group/sub/churn",
    "https://codeberg.org/ada/churn/": "https://codeberg.org/ada/churn",
}
NOT_WEB = [
    *("", "/srv/git/churn.git", "file:///srv/churn.git", "../churn", "C:\\churn", "ext::sh -c evil"),
    *("javascript://github.com/%0aalert(1)", "https://localhost/ada/churn", "https://127.0.0.1/ada/churn"),
    *("https://github.com", "https://github.com/ada", "https://github.com/../../x", "https://[::1/ada/churn"),
    *('https://github.com/ada/churn"onload="x', "https://gi thub.com/ada/churn", "git@github.com:ada/<b>.git"),
]


@pytest.mark.parametrize("remote", REMOTES)
def test_a_remote_leads_to_a_web_page(remote: str) -> None:
    assert repository_address(remote) == REMOTES[remote]


@pytest.mark.parametrize("remote", NOT_WEB)
def test_what_is_no_web_page_leads_nowhere(remote: str) -> None:
    assert repository_address(remote) == ""


@settings(max_examples=50)
@given(st.text() | st.from_regex(r"(https?|ssh|git@[\w.]+):.{0,60}"))
def test_whatever_a_remote_says_its_address_is_plain(remote: str) -> None:
    found = repository_address(remote)
    assert not found or (found.startswith("https://") and "@" not in found)
    assert web_address(found) == found


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "http://",
        "https://ada:pw@example.org/",
        "https://exa mple.org",
        "//x.org",
        "data:text/html,x",
    ],
)
def test_a_link_is_a_web_address_without_a_password(text: str) -> None:
    assert web_address(text) == ""
    assert web_address("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"


def test_a_file_has_the_address_that_its_host_gives_it() -> None:
    assert file_address("https://github.com/a/b", "src/x y.py", 3) == "https://github.com/a/b/blob/HEAD/src/x%20y.py#L3"
    assert file_address("https://github.com/a/b", "README.md", 3).endswith("/blob/HEAD/README.md?plain=1#L3")
    assert file_address("https://gitlab.com/a/b", "x.py") == "https://gitlab.com/a/b/-/blob/HEAD/x.py"
    assert file_address("https://git.example.org/a/b", "x.py") == ""
    assert file_address("", "x.py") == ""
