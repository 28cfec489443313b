/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

/*
 * Gives the hash tables the key INTEGRITY_HASH_KEY (32 hex digits) if the
 * environment has it; otherwise they keep their random one.  Compiled into
 * every test and run before its main(), so that no test can forget it:
 * results may not depend on the key.
 */
__attribute__((constructor)) static void
hash_key_from_environment(void)
{
	const char *text = getenv("INTEGRITY_HASH_KEY");
	struct hash_key key;
	int end = 0;

	if (text == NULL)
		return;
	if (sscanf(text, "%16" SCNx64 "%16" SCNx64 "%n", &key.k0, &key.k1,
		&end) != 2 ||
	    end != 32 || text[end] != '\0') {
		fputs("INTEGRITY_HASH_KEY: want 32 hex digits\n", stderr);
		exit(2);
	}
	hash_key_set(&key);
}
