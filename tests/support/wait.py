# SPDX-License-Identifier: Apache-2.0
"""Waiting for what must come, never for time to pass."""
import time


def wait_until(condition, deadline=30.0, what=None, pause=0.02):
    """Returns the first true value of condition() within `deadline` seconds.

    Raises TimeoutError, with `what` (text, or a function returning it) in
    it.  `pause` is how often to look, in seconds.
    """
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            told = what() if callable(what) else what
            raise TimeoutError(f"not within {deadline} s: "
                               f"{told or condition.__name__}")
        time.sleep(pause)
