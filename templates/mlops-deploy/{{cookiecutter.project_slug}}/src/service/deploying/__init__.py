"""Release a version in stages, roll back, and run the processes: what the command line and the drill call.

Each function says what it did and returns the exit code: 0 done, 1 the answer is no (a gate, rolled back, declined).
"""

import time
from contextlib import suppress

from ..deployments import Log, actor
from ..registry import open_registry
from ..reporting.metrics import failures, write_text
from ..routing.config import LISTENING, RouterConfig
from ..routing.routes import VAR, JsonRoutes, NginxRoutes
from ..scoring import check_gates
from ..serving.config import read_config
from ..settings import Settings
from .acts import ASKED, Checkpoint, Site
from .approval import Declined, by_file, by_hand, by_option, sign
from .processes import COMMANDS, Processes
from .state import BusyError, DeployError, State, deployer_lock, read_state, recovered, write_state
from .steps import Deployment
from .supervisor import supervise

__all__ = ["approved", "deploy", "down", "open_site", "rollback", "sign", "status", "supervise", "up"]

PATIENCE_SECONDS = 60.0  # within this time, a running deployer has rolled back


def open_site(settings: Settings) -> Site:
    """The real registry, processes, routes and log, in the current folder."""
    config = read_config(RouterConfig)
    routes = NginxRoutes() if config.kind == "nginx" else JsonRoutes()
    return Site(settings, open_registry(settings), Processes(config), routes, Log())


def deploy(settings: Settings, version: str, *, yes: bool = False, checkpoint: Checkpoint = lambda _: None) -> int:
    """Release a version, or go on with its release after a kill.

    Raises:
        DeployError, RegistryError, SlotError, OSError: it cannot begin, and nothing has changed; or it cannot be ended,
            and the message says how to go on.
    """
    site = open_site(settings)
    if yes and settings.rollout.approval == "file":
        raise DeployError(f"settings.toml asks for an approval file, so --yes is none: make approve VERSION={version}")
    approve = by_option if yes else by_file if settings.rollout.approval == "file" else by_hand
    with deployer_lock(VAR):
        (VAR / ASKED).unlink(missing_ok=True)
        state = read_state(VAR)
        if state and state.step != "done":
            return _run(Deployment(site, _resume(site, state, version), approve, checkpoint))
        champion = site.registry.alias("champion")
        if refused := _check(site, version, champion):
            print(f"Version {version} is not released. {refused}")
            return 1
        return _run(Deployment(site, State(version=version, champion=champion, step="approve"), approve, checkpoint))


def rollback(settings: Settings, why: str = "") -> int:
    """End the deployment that is under way; without one, go back to the version before the champion.

    Raises:
        DeployError: there is no version to go back to, or a running deployer does not react.
    """
    site, asked, end = open_site(settings), VAR / ASKED, time.monotonic() + PATIENCE_SECONDS
    why = why or f"{actor()} asked for it"
    try:
        while time.monotonic() < end:
            with suppress(BusyError), deployer_lock(VAR):
                return _undo(site, why, asked.exists())
            if not asked.exists():
                write_text(asked, why)
            time.sleep(0.1)
    finally:
        asked.unlink(missing_ok=True)
    raise DeployError("the running deployer does not react; end its process, then run `make rollback` again")


def up(settings: Settings) -> int:
    """Start the champion and the router, and what starts them again if they die."""
    site, wanted = open_site(settings), read_config(RouterConfig).port
    if not (champion := site.registry.alias("champion")):
        raise DeployError("there is no champion yet; release a version: make deploy VERSION=…")
    if (port := site.processes.config.port) != wanted:
        raise DeployError(f"the router was started on port {port}; to move it to {wanted}: make down, then make up")
    ran = site.processes.alive("router")
    for name in ("champion", "router", "supervisor"):
        site.processes.start(name)
    print(f"Version {champion} serves at {site.processes.config.address('router')}.")
    if ran:
        print("It ran already. For changed environment variables or another .env: make down, then make up.")
    return 0


def down() -> int:
    """Stop all processes."""
    processes = Processes(read_config(RouterConfig))
    for name in COMMANDS:
        processes.stop(name)
    return 0


def status() -> int:
    """Say what runs, and where the deployment is. 1 if something besides the canary does not run."""
    processes = Processes(read_config(RouterConfig))
    runs = {name: processes.alive(name) for name in (LISTENING if processes.remote else COMMANDS)}
    for name, alive in runs.items():
        at = f" at {processes.config.address(name)}" if name in LISTENING else ""
        serves = f", version {processes.version(name)}" if alive and name in ("champion", "canary") else ""
        print(f"{name}: {'runs' if alive else 'does not run'}{at}{serves}")
    state = read_state(VAR)
    print(f"The canary gets {JsonRoutes().share():.0%} of the requests.")
    if state:
        print(f"Deployment of version {state.version}: {state.outcome or state.step}. {state.why}".rstrip())
    if state and state.step != "done":
        print(f"It is unfinished: {state.ways_to_end()}.")
    if missing := [name for name, alive in runs.items() if not alive and name != "canary"]:
        print(f"To start the {' and the '.join(missing)}: make up")
    return 1 if missing else 0


def approved(settings: Settings, version: str) -> int:
    """Whether the approval file of a version (or of the one with this alias) fits its model."""
    registry = open_registry(settings)
    version = registry.alias(version) or version
    try:
        print(by_file(version, registry.files(version).model))
    except Declined as error:
        print(error)
        return 1
    return 0


def _check(site: Site, version: str, champion: str | None) -> str:
    """Why the offline gate refuses a version; empty if it does not.

    Raises:
        RegistryError: the version is unknown, or its files are not those that were registered.
        DeployError: it is the champion, it takes other inputs, or the champion does not serve.
    """
    if version == champion:
        raise DeployError(f"version {version} is the champion already")
    manifest = site.registry.files(version).manifest
    if champion:
        inputs, sent = (
            {(item.name, item.kind) for item in each.inputs}
            for each in (manifest, site.registry.files(champion).manifest)
        )
        if other := sorted({name for name, _ in inputs ^ sent}):
            raise DeployError(f"version {version} does not take the inputs that callers send: {', '.join(other)}")
        if not site.processes.alive("router") or site.processes.version("champion") != champion:
            raise DeployError(f"the router and the champion, version {champion}, do not both run; start them: make up")
    return " ".join(failures(check_gates(manifest.metrics, site.settings)))


def _resume(site: Site, state: State, version: str) -> State:
    if state.version != version:
        raise DeployError(
            f"the deployment of version {state.version} is unfinished, at step {state.step}; {state.ways_to_end()}"
        )
    site.log.append(state.id, "resumed", version, why=f"at step {state.step}")
    return state.model_copy(update={"step": "canary"}) if state.step in ("observe", "compare") else state


def _undo(site: Site, why: str, asked: bool) -> int:
    """Roll back, unless a deployer was asked to and has done it."""
    try:
        state = read_state(VAR)
    except DeployError:
        state = recovered(site.log)
    if state is None or state.step == "done":
        if asked and state and state.outcome == "rolled back":
            print(f"The deployer has rolled back version {state.version}.")
            return 0
        champion, previous = site.registry.alias("champion"), site.registry.alias("previous")
        if not champion or not previous:
            raise DeployError("there is no earlier version to go back to; deploy one by its number")
        site.registry.files(previous)  # before anything is moved: are they whole?
        state = State(version=champion, champion=previous, step="rollback")
    deployment = Deployment(site, state.model_copy(update={"step": "rollback", "why": state.why or why}), by_option)
    _run(deployment)
    return 0


def _run(deployment: Deployment) -> int:
    write_state(VAR, deployment.state)
    try:
        state = deployment.run()
    except (ValueError, OSError) as error:
        state = deployment.state
        raise DeployError(
            f"{error}. The deployment of version {state.version} stopped at step {state.step}; no canary has a share. "
            f"When the cause is mended, {state.ways_to_end()}"
        ) from error
    if state.outcome == "promoted":
        print(f"Version {state.version} is the champion.")
        return 0
    outcome = "not released" if state.outcome == "not shown" else state.outcome
    print(f"Version {state.version} was {outcome}: {state.why}. Version {state.champion} serves.")
    return 1
