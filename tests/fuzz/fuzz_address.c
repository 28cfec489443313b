/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of receivers, and where the operator looks in. */
#include "base/check.h"
#include "base/mem.h"
#include "config/config_watch.h"
#include "deliver/address.h"

#include "fuzz/fuzz.h"

static void
try_receiver(const char *text)
{
	struct error err = ERROR_NONE;
	struct address address;

	if (address_parse(text, &address, &err)) {
		CHECK(address.port > 0 && address.port <= 65535);
		CHECK(address.host[0] != '\0');
		CHECK(!address.is_numeric || address.socket_len > 0);
	} else {
		CHECK(err.text[0] != '\0');
	}
	if (address_parse_path(text, &address, &err))
		CHECK(text[0] == '/' && address.socket_len > 0);
}

static void
try_watch(const char *text)
{
	struct config_listen listen;
	struct error err = ERROR_NONE;

	if (config_watch_parse(text, &listen, &err))
		CHECK(listen.path != NULL || listen.port > 0);
	else
		CHECK(err.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_zalloc(size + 1);

	memcpy(text, data, size);
	try_receiver(text);
	try_watch(text);
	mem_free(text);
	return 0;
}
