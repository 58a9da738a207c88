"""Debian's nginx as the router of a copied project: the template's nginx.conf and watch.sh, with other places in them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from projects import environment, must_run
from sites import Site, until
from support import PATIENCE


def configured(site: Site, scratch: Path) -> tuple[Path, Path]:
    """The two files with this machine's places and ports in the place of the containers'."""
    scratch.mkdir(exist_ok=True)
    places = {
        "/state/": f"{site.folder}/var/",
        "/tmp/": f"{scratch}/",  # before it, no place of ours is in the text
        "server champion:8000": f"server {site.address('champion').removeprefix('http://')}",
        "server canary:8000": f"server {site.address('canary').removeprefix('http://')}",
        "listen 8000": f"listen 127.0.0.1:{site.port}",
    }
    written = []
    for name in ("nginx.conf", "watch.sh"):
        text = (site.folder / "nginx" / name).read_text("utf-8")
        for old, new in sorted(places.items(), reverse=True):
            text = text.replace(old, new)
        if name == "nginx.conf" and os.geteuid() == 0:
            text = f"user root;\n{text}"  # whose scratch folders nobody else may enter
        (scratch / name).write_text(text)
        written.append(scratch / name)
    (site.folder / "var").mkdir(exist_ok=True)
    return written[0], written[1]


@contextmanager
def routing(site: Site, scratch: Path) -> Iterator[Site]:
    """nginx on the site's router port, as compose.yaml starts it."""
    if shutil.which("nginx") is None:
        must_run("nginx is not installed")
    conf, watch = configured(site, scratch)
    env = {**environment(), "NGINX_CONF": str(conf)}
    process = subprocess.Popen(["sh", watch], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: site.ask("router", "/-/health") == {"status": "ready"}, "nginx answers")
        yield site
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
