"""The parts that every service has: health, metrics, headers, hosts, and its settings."""

import re
from itertools import pairwise

import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from any_package.serving import web
from any_package.serving.config import ConfigError, read_config
from any_package.serving.web import create_service
from toy_service import Config, Engine, client_of


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def client(engine: Engine) -> TestClient:
    return client_of(engine)


def test_health_admits_a_failure_and_not_why(client: TestClient, engine: Engine) -> None:
    assert client.get("/health").json() == {"status": "ready", "version": "7"}
    engine.broken = True
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "reason": "ArithmeticError"})
    assert client.get("/health/live").json() == {"status": "alive"}


def test_a_failure_is_answered_without_its_stack_trace(client: TestClient, engine: Engine) -> None:
    engine.broken = True
    with capture_logs() as log:
        answer = client.post("/length/text", json={"text": "abc"}, headers={"x-request-id": "abc"})
    assert (answer.status_code, answer.json()) == (500, {"detail": "The service failed; its log has the reason."})
    assert answer.headers["x-request-id"] == "abc"
    assert answer.headers["x-content-type-options"] == "nosniff"
    (line,) = log
    assert line.items() >= {"event": "request", "method": "POST", "route": "/length/{kind}", "status": 500}.items()
    assert 'handler="/length/{kind}",status="500"' in client.get("/metrics").text


def test_metrics_count_by_route_and_not_by_what_a_client_invents(client: TestClient) -> None:
    assert client.post("/length/text", json={"text": "abc"}).json() == {"text": 3}
    client.get("/invented/by/a/client")
    client.post("/length/invented/", json={"text": "abc"})  # but for its last slash, this address would exist
    client.request("INVENTED", "/")
    client.get("/static/style.css")
    text = client.get("/metrics").text
    assert 'http_requests_total{handler="/length/{kind}",status="200"} 1.0' in text
    assert 'http_request_duration_seconds_count{handler="/length/{kind}"} 1.0' in text
    assert 'http_requests_total{handler="none",status="404"} 3.0' in text
    assert 'handler="/static"' in text
    assert "invented" not in text.lower()


def test_the_time_of_an_answer_is_counted_in_seconds_and_logged_in_milliseconds(client: TestClient) -> None:
    with capture_logs() as log:
        client.post("/length/text", json={"text": "abc"})
    counted = re.search(r'duration_seconds_sum{handler="/length/{kind}"} (\S+)', client.get("/metrics").text)
    assert counted is not None
    assert log[0]["ms"] == pytest.approx(1000 * float(counted[1]), abs=0.001)


def test_a_quantile_of_the_times_can_be_told_within_a_factor_of_2_and_a_half() -> None:
    assert all(low < high <= 2.5 * low for low, high in pairwise(web.BUCKETS))


@pytest.mark.parametrize("path", ["/health", "/metrics", "/openapi.json", "/static/style.css", "/nothing"])
def test_head_is_answered_like_get(path: str, client: TestClient) -> None:
    with capture_logs() as log:
        asked, got = client.head(path), client.get(path)
    assert asked.status_code == got.status_code
    assert set(asked.headers) == set(got.headers)
    assert [line["method"] for line in log] == ["HEAD", "GET"]


@pytest.mark.parametrize("path", ["/nothing", "/static/style.css", "/health"])
def test_security_headers_are_on_every_answer(path: str, client: TestClient) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-cache", "the next service at this address may have another page"
    assert "server" not in headers


def test_a_harmless_request_id_is_kept_and_another_replaced(client: TestClient) -> None:
    assert client.get("/health", headers={"x-request-id": "Ab-1.2_3"}).headers["x-request-id"] == "Ab-1.2_3"
    for bad in ("a b", "x" * 65, '"}{', ""):
        given = client.get("/health", headers={"x-request-id": bad}).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{32}", given)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8000", 200),
        ("[::1]", 200),
        ("[::2]", 400),
        ("a.example", 200),
        ("x.b.example:443", 200),
        ("b.example", 400),
        ("c.example", 400),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("localhost@evil.example", 400),
        ("[", 400),
        ("localhost/evil", 400),
        ("localhost?x", 400),
        ("localhost#x", 400),
        ("x@localhost", 400),
        ("localhost:x", 400),
        ("x\\a.b.example", 400),
        ("", 400),
    ],
)
def test_only_known_host_names_are_answered(client: TestClient, host: str, status: int) -> None:
    answer = client.get("/health", headers={"host": host})
    assert answer.status_code == status
    if status == 400:
        assert answer.text == "Invalid host header"
        assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://localhost"}, 200),
        ({"origin": "http://localhost", "sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "http://localhost:3000"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[broken"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_page_of_another_site_changes_nothing(client: TestClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/length/text", json={"text": "abc"}, headers=headers)
    assert answer.status_code == status
    assert client.get("/health", headers=headers).status_code == 200
    if status == 403:
        assert answer.json() == {"detail": "A page of another site may not do this."}


def framed_by(sites: str) -> str:
    config = Config(frame_ancestors=sites)
    app = create_service(
        title="Sample", version="7", description="", config=config, registry=CollectorRegistry(), readiness=dict
    )
    policy: str = TestClient(app, "http://localhost").get("/health").headers["content-security-policy"]
    return policy.rpartition("frame-ancestors ")[2]


def test_only_named_sites_may_show_the_page_in_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    assert framed_by("") == "'none'"
    for sites in ("https://huggingface.co", "https://a.example https://b.example:8443"):
        assert framed_by(sites) == sites
    for wrong in ("*", "http://a.example", "https://*.a.example", "https://a.example; script-src *", "'self'"):
        monkeypatch.setenv("SAMPLE_FRAME_ANCESTORS", wrong)
        with pytest.raises(ConfigError, match="SAMPLE_FRAME_ANCESTORS"):
            read_config(Config)
