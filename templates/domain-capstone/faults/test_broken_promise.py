"""Of the answers up to the limit, no larger share is wrong than was promised."""

import numpy as np

from capstone.policy import choose_limit


def test_the_share_is_one_of_the_accepted_answers() -> None:
    uncertainty, losses = np.array([0.4, 0.1, 0.3, 0.2]), np.array([1.0, 0.0, 0.0, 1.0])
    assert choose_limit(uncertainty, losses, 0.3) == 0.1
    assert choose_limit(uncertainty, losses, 0.34) == 0.3
    assert choose_limit(uncertainty, losses, 0.5) == 0.4
