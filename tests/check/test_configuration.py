"""Environment variables: where they are read, and where they are documented."""

from __future__ import annotations

import pytest
from synthetic import facts, found, repository

from scaffolder.check.items.configuration import Configuration, variables
from scaffolder.results.finding import State


def reads(**files: str) -> set[str]:
    return {read.name for read in variables(repository({f"{name}.py": text for name, text in files.items()}))}


@pytest.mark.parametrize(
    "code",
    [
        'import os\nx = os.environ["A_KEY"]',
        'import os\nx = os.environ.get("A_KEY", "")',
        'from os import getenv\nx = getenv("A_KEY")',
        'import os\nNAME = "A_KEY"\nx = os.environ[NAME]',
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a_key: str",
        "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n"
        "    model_config = SettingsConfigDict(env_prefix='A_')\n    key: str = ''",
    ],
)
def test_each_way_to_read_a_variable(code: str) -> None:
    assert reads(app=code) == {"A_KEY"}


@pytest.mark.parametrize(
    "code",
    [
        'import os\nos.environ["A_KEY"] = "1"',
        'import os\nx = os.environ["HOME"]',
        "import os\nx = {**os.environ}",
        'x = settings.get("A_KEY")',
        "class Config:\n    key: str",
        "class S(BaseSettings):\n    key: str = Field('', validation_alias='A_KEY')",
        "def broken(:\n    os.environ['A_KEY']",
    ],
)
def test_what_reads_no_variable_that_a_person_sets(code: str) -> None:
    assert reads(app=code) == set()


def test_a_settings_class_that_another_extends_is_read_by_that_one() -> None:
    base = "from pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    port: int = 1\n"
    assert reads(base=base) == {"PORT"}
    used = "from base import Base\nclass Config(Base):\n    model_config = {'env_prefix': 'app_'}\n    size: int\n"
    assert reads(base=base, used=used) == {"APP_PORT", "APP_SIZE"}


def test_tests_do_not_count() -> None:
    assert variables(repository({"tests/test_a.py": 'import os\nos.environ["A"]'})) == ()


def test_an_example_documents_names_in_any_case() -> None:
    code = "".join(f'os.environ["{name}"]\n' for name in ("app_port", "APP_SIZE", "APP_HOST"))
    said = facts(Configuration, {"a.py": code, ".env.example": "export APP_PORT=1\n# APP_SIZE=2\n"})
    assert said.splitlines()[1] == "a.py:3: APP_HOST is read, but not in .env.example"


def test_where_there_is_no_python_nothing_is_claimed() -> None:
    assert found(Configuration, {"main.go": "os.Getenv"}).state is State.UNVERIFIED
    assert found(Configuration, {"main.py": ""}).state is State.NOT_APPLICABLE


def test_a_prefix_that_the_code_computes_may_be_any() -> None:
    code = (
        "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Config(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_prefix=f"{__package__.upper()}_")\n    host: str = ""\n    size: int = 1\n'
    )
    files = {"scaffolder.toml": "contract = 1\n", "a.py": code, ".env.example": "APP_HOST=x\n"}
    assert facts(Configuration, files) == "a.py:5: …SIZE is read, but not in .env.example"
    assert found(Configuration, {**files, ".env.example": "APP_HOST=x\nAPP_SIZE=1\n"}).state is State.DONE
