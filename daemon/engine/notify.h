/* SPDX-License-Identifier: Apache-2.0 */
/* Tells systemd, as sd_notify(3) describes; nothing without $NOTIFY_SOCKET. */
#ifndef ENGINE_NOTIFY_H
#define ENGINE_NOTIFY_H

#include <stdint.h>

/* Lines such as "READY=1\nSTATUS=...". */
void notify_send(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Half of WATCHDOG_USEC, or 0 if systemd does not watch. */
int64_t notify_watchdog_us(void);

#endif
