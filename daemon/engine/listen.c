/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/listen.h"

#define BACKLOG 16

static int
open_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Only a socket is ever removed, and only if nobody listens. */
static bool
remove_stale(const struct sockaddr_un *address)
{
	struct stat status;
	int fd;
	bool is_stale;

	if (lstat(address->sun_path, &status) != 0 || !S_ISSOCK(status.st_mode))
		return false;
	fd = open_socket();
	if (fd < 0)
		return false;
	is_stale = connect(fd, (const struct sockaddr *)address,
		       sizeof(*address)) != 0 &&
	    errno == ECONNREFUSED;
	(void)close(fd);
	return is_stale && unlink(address->sun_path) == 0;
}

static bool
bind_to(int fd, const struct sockaddr_un *address)
{
	const struct sockaddr *any = (const struct sockaddr *)address;

	return bind(fd, any, sizeof(*address)) == 0 ||
	    (errno == EADDRINUSE && remove_stale(address) &&
		bind(fd, any, sizeof(*address)) == 0);
}

int
listen_unix(const char *path, mode_t mode, gid_t group, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	bool ok;
	int fd = open_socket();

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path)) {
		(void)error_set(err, NULL, "%s: %s", path,
		    fd < 0 ? strerror(errno) : "too long");
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	/* Never wider than it will be, not even for a moment. */
	mask = umask(0177);
	ok = bind_to(fd, &address);
	(void)umask(mask);
	if (ok && group != LISTEN_NO_GROUP)
		ok = chown(path, (uid_t)-1, group) == 0;
	ok = ok && chmod(path, mode) == 0 && listen(fd, BACKLOG) == 0;
	if (ok)
		return fd;
	(void)error_set(err, NULL, "%s: %s", path, strerror(errno));
	(void)close(fd);
	return -1;
}
