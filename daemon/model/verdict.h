/* SPDX-License-Identifier: Apache-2.0 */
/* Tri-state truth (Kleene): unknown is counted and reported, never "no". */
#ifndef MODEL_VERDICT_H
#define MODEL_VERDICT_H

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_UNKNOWN };

static inline enum verdict
verdict_not(enum verdict a)
{
	return a == VERDICT_UNKNOWN ? a :
	    a == VERDICT_YES	    ? VERDICT_NO :
				      VERDICT_YES;
}

#endif
