"""Of the answers up to the limit, no larger share is wrong than was promised."""

import numpy as np

from capstone.policy import choose_limit


def test_the_share_is_one_of_the_accepted_answers() -> None:
    uncertainty = np.arange(1, 101) / 100
    losses = np.isin(np.arange(100), range(5)).astype(float)
    assert choose_limit(uncertainty, losses, 0.2) is None  # 5 of the 20 surest answers are wrong
    assert choose_limit(uncertainty, np.zeros(100), 0.17) == 1
