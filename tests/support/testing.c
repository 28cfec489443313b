/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "support/testing.h"

static void
print_escaped(const char *label, struct span bytes)
{
	print_error("%s \"", label);
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.ptr[i];

		if (c == '"' || c == '\\')
			print_error("\\%c", c);
		else if (c == '\n')
			print_error("\\n");
		else if (c < 0x20 || c == 0x7f)
			print_error("\\%03o", c);
		else
			print_error("%c", c);
	}
	print_error("\" (%zu bytes)\n", bytes.len);
}

void
testing_span_equal(const char *name, struct span got, struct span want,
    const char *file, int line)
{
	if (span_equal(got, want))
		return;
	if (name != NULL)
		print_error("%s:\n", name);
	print_escaped("  got ", got);
	print_escaped("  want", want);
	_fail(file, line);
}

void
testing_fail_at(const char *name, const char *file, int line,
    const char *format, ...)
{
	char text[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	print_error("%s: %s\n", name, text);
	_fail(file, line);
}

char *
testing_read_data(const char *path, size_t *ret_len)
{
	char full[4096];
	char *data = NULL;
	size_t len, size = 0;
	FILE *file;

	snprintf(full, sizeof(full), TEST_DATA_DIR "/%s", path);
	file = fopen(full, "rb");
	if (file == NULL) {
		print_error("%s: cannot open\n", full);
		fail();
	}
	for (len = 0;; len += fread(data + len, 1, size - len, file)) {
		if (len < size)
			break;
		size = size * 2 + 4096;
		data = realloc(data, size + 1);
		assert_non_null(data);
	}
	fclose(file);
	data[len] = '\0';
	*ret_len = len;
	return data;
}
