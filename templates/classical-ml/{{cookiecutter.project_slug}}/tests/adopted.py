"""What `make adopt` leaves of the project of telecom.py."""

from telecom import STAY

NEW = STAY | {"data/own.csv.gz"}
REMOVED = "data/churn.csv.gz, data/shipped.md, data/simulate.py, reports/metrics.json"
