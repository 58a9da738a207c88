"""What a user of the load test does: ask for a prediction, again and again. `make load` runs it."""

import json
import os

from locust import FastHttpUser, constant, stats, task

stats.bucket_response_time = lambda milliseconds: round(milliseconds, 1)  # Locust itself counts in whole ones


class Caller(FastHttpUser):
    wait_time = constant(0)
    row = json.loads(os.environ["ROW"])

    @task
    def predict(self) -> None:
        self.client.post("/predict", json=self.row)
