/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/notify.h"

#define MESSAGE_MAX 1024

static void
send_to(const char *path, const char *message, size_t len)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t path_len = strlen(path);
	socklen_t size;
	int fd;

	if ((path[0] != '/' && path[0] != '@') ||
	    path_len >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, path_len);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_len);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* Nothing to do where systemd does not listen. */
	(void)sendto(fd, message, len, MSG_NOSIGNAL,
	    (const struct sockaddr *)&address, size);
	(void)close(fd);
}

void
notify_send(const char *format, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	char message[MESSAGE_MAX];
	va_list args;
	int len;

	if (path == NULL)
		return;
	va_start(args, format);
	len = vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (len > 0)
		send_to(path, message, strlen(message));
}

int64_t
notify_watchdog_us(void)
{
	const char *text = getenv("WATCHDOG_USEC");

	return text == NULL ? 0 : strtoll(text, NULL, 10) / 2;
}
