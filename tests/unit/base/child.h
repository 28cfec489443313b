/* SPDX-License-Identifier: Apache-2.0 */
/* Runs what must end the process in a child, and reads what it said. */
#ifndef UNIT_BASE_CHILD_H
#define UNIT_BASE_CHILD_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/testing.h"

struct child {
	int status;	  /* of waitpid(2) */
	char text[16384]; /* its standard error */
};

static inline void
child_run(void (*work)(void), struct child *ret_child)
{
	int pipe_fd[2];
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(pipe_fd), 0);
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)dup2(pipe_fd[1], STDERR_FILENO);
		close(pipe_fd[0]);
		close(pipe_fd[1]);
		work();
		_exit(0);
	}
	close(pipe_fd[1]);
	while ((n = read(pipe_fd[0], ret_child->text + len,
		    sizeof(ret_child->text) - 1 - len)) > 0)
		len += (size_t)n;
	ret_child->text[len] = '\0';
	close(pipe_fd[0]);
	assert_int_equal(waitpid(pid, &ret_child->status, 0), pid);
}

/* That `work` calls abort() and that `want` is part of what it says. */
static inline void
child_aborts(const char *name, void (*work)(void), const char *want)
{
	struct child child;

	child_run(work, &child);
	if (!WIFSIGNALED(child.status) || WTERMSIG(child.status) != SIGABRT)
		testing_fail(name, "got status 0x%x, want SIGABRT; said: %s",
		    (unsigned)child.status, child.text);
	if (strstr(child.text, want) == NULL)
		testing_fail(name, "got \"%s\", want a part \"%s\"", child.text,
		    want);
}

#endif
