"""What a user of the load test does: ask for a prediction, again and again. `make load` runs it."""

from locust import HttpUser, constant, task


class Caller(HttpUser):
    wait_time = constant(0)

    def on_start(self) -> None:
        inputs = self.client.get("/model").json()["manifest"]["inputs"]
        self.row = {one["name"]: one["example"] for one in inputs}

    @task
    def predict(self) -> None:
        self.client.post("/predict", json=self.row)
