"""What a user of the load test does: ask for a prediction, again and again. `make load` runs it."""

import json
import os

from locust import FastHttpUser, constant, stats, task

REQUESTS = 1000  # of all users together; a number of seconds would be too few for a busy machine

stats.bucket_response_time = lambda milliseconds: round(milliseconds, 1)  # Locust itself counts in whole ones


class Caller(FastHttpUser):
    wait_time = constant(0)
    row = json.loads(os.environ["ROW"])

    @task
    def predict(self) -> None:
        self.client.post("/predict", json=self.row)
        if self.environment.stats.total.num_requests >= REQUESTS:
            self.environment.runner.quit()
