/* SPDX-License-Identifier: Apache-2.0 */
#include "model/detection.h"

const char *const detection_kind_names[] = {
	[DETECTION_OPEN] = "open",
	[DETECTION_UPDATE] = "update",
	[DETECTION_CLOSE] = "close",
	[DETECTION_MERGED] = "merged",
};
