"""What a user of the load test does: ask for a prediction, again and again. `make load` runs it."""

import json
from threading import Thread

from locust import FastHttpUser, constant, events, stats, task
from locust.argument_parser import LocustArgumentParser

REQUESTS = 1000  # of all users together; a number of seconds would be too few for a busy machine

stats.bucket_response_time = lambda milliseconds: round(milliseconds, 1)  # Locust itself counts in whole ones


@events.init_command_line_parser.add_listener
def add_row(parser: LocustArgumentParser) -> None:
    parser.add_argument("--row", type=json.loads, required=True, help="the JSON of the row that is sent")


class Caller(FastHttpUser):
    wait_time = constant(0)

    @task
    def predict(self) -> None:
        self.client.post("/predict", json=self.environment.parsed_options.row)
        if self.environment.stats.total.num_requests == REQUESTS:
            Thread(target=self.environment.runner.quit).start()  # it waits for all users, so none may wait for it
