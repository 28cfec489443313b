/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/*
 * What libFuzzer calls (llvm.org/docs/LibFuzzer.html): each fuzz_<name>.c
 * defines it.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
