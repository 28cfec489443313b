/* SPDX-License-Identifier: Apache-2.0 */
/* The fields that a rule wants and an event lacks. */
#ifndef CTL_EXPLAIN_LACKS_H
#define CTL_EXPLAIN_LACKS_H

#include "decode/mapping.h"

#include "ctl/explain_write.h"

/*
 * Sets the view's lacks: fields of the rule's tests and, unless NULL, of the
 * source that feeds a correlation.
 */
void explain_lacks(struct explain_view *view,
    const struct correlation *correlation,
    const struct correlation_source *source, const struct mapping *mapping);

#endif
