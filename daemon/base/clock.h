/* SPDX-License-Identifier: Apache-2.0 */
/* The only reader of the clock; only I/O edges call it. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_US_PER_S INT64_C(1000000)

int64_t clock_now_us(void);	  /* since the epoch, UTC */
int64_t clock_monotonic_us(void); /* for measuring only */

#endif
