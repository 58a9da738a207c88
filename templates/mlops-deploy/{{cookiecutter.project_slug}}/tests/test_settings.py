"""settings.toml: the file of the project is right, and a wrong one gets a sentence that says where and what."""

from pathlib import Path

import pytest
from pydantic import ValidationError

import toy_parcels as toy
from service.settings import SettingsError, load_settings
from service.settings_schema import Alarm, Rollout, Section, Slices, Slo

TOY = toy.ROOT / "tests" / "toy_settings.toml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = TOY.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "settings.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_settings_of_the_project_fit() -> None:
    settings = load_settings(toy.ROOT / "settings.toml")
    assert settings.rollout.shares[-1] == 1
    assert settings.periods.train_to < settings.periods.reference_from
    assert set(settings.slices.columns) <= set(settings.names())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "window_requests",
            "windw_requests",
            r"rollout\.windw_requests is .* did you mean 'window_requests'",
        ),
        ("[slo]", "[slos]", r"slos is not a key .* did you mean 'slo'"),
        ("shares = [0.05, 0.25, 1.0]", "shares = [0.25, 0.05, 1.0]", "rollout: shares must rise and end with 1.0"),
        ("shares = [0.05, 0.25, 1.0]", "shares = [0.05, 0.25]", "rollout: shares must rise and end with 1.0"),
        ("shares = [0.05,", "shares = [0,", r"rollout\.shares\.1: .* greater than 0"),
        ("min = 0.65", "min = 0.65\nmax = 0.7", r"gates\.1: a gate has either min or max"),
        (
            "[slo]",
            "[alarm]\nwindow_days = 29\n[slo]",
            r"alarm\.window_days \(29\) must not be above training\.held_out",
        ),
        ("reference_from = 2015-11-01", "reference_from = 2014-11-01", "periods: the days must be in order"),
        ('name = "distance"', 'name = "carrier"', "features: carrier stands there twice"),
        ('name = "distance"', 'name = "late"', "features: late stands there twice, or has another use"),
        ('name = "distance"', 'name = "day"', "features: day stands there twice, or has another use"),
        ('"speed", "sender"]', '"spee"]', "is no feature; did you mean 'speed'"),
        ('example = "Albatros"', "example = 3", r"features\.1: example must be a number for a numeric feature"),
        ("error_rate = 0.01", 'error_rate = "low"', r"slo\.error_rate: .* valid number"),
        ("[data]", "[data", "is not valid TOML"),
    ],
)
def test_a_wrong_file(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as refusal:
        load_settings(changed(tmp_path, old, new))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("section", "name", "least", "less"),
    [
        (Slices, "min_rows", 1, 0),
        (Rollout, "window_requests", 1, 0),
        (Rollout, "least_seconds", 0, -1),
        (Rollout, "most_seconds", 0.1, 0),
        (Rollout, "lease_seconds", 0.1, 0),
        (Rollout, "replay_rows", 50, 49),
        (Slo, "error_rate", 0, -0.1),
        (Slo, "p95_ms", 0.1, 0),
        (Slo, "prediction_shift", 0.1, 0),
        (Slo, "brier_increase", 0, -0.1),
        (Slo, "calibration_gap", 0, -0.1),
        (Alarm, "window_days", 1, 0),
        (Alarm, "least_outcomes", 30, 29),
        (Alarm, "days", 1, 0),
    ],
)
def test_a_number_may_be_as_small_as_makes_sense(section: type[Section], name: str, least: float, less: float) -> None:
    assert getattr(section.model_validate({name: least}), name) == least
    with pytest.raises(ValidationError, match=f"(?s){name}.* greater than"):
        section.model_validate({name: less})


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"does not exist; run from the repository's root"):
        load_settings(tmp_path / "settings.toml")


def test_an_unknown_candidate() -> None:
    with pytest.raises(SettingsError, match=r"no candidate 'boostin'; did you mean 'boosting'\?; it has logistic"):
        toy.settings().recipe("boostin")
