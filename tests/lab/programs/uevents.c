// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Print what the kernel announces of dax devices, one line for each change: the device's name,
 * then what the event says of kmem. Prints "ready" first, and ends by a signal.
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENT_BYTES 8192

/* An event is words with a zero behind each. */
static const char *find(const char *event, size_t bytes, const char *key)
{
	const char *end = event + bytes;

	for (; event < end; event += strlen(event) + 1)
		if (!strncmp(event, key, strlen(key)))
			return event + strlen(key);
	return "";
}

static void print(const char *event, size_t bytes)
{
	const char *path = find(event, bytes, "DEVPATH=");
	const char *name = strrchr(path, '/');

	if (strcmp(find(event, bytes, "ACTION="), "change") != 0 ||
	    strcmp(find(event, bytes, "SUBSYSTEM="), "dax") != 0)
		return;
	printf("%s poisoned %s lost %s added %s failed %s\n", name ? name + 1 : path,
	       find(event, bytes, "KMEM_POISONED_PAGES="),
	       find(event, bytes, "KMEM_LOST_BADBLOCK_BYTES="),
	       find(event, bytes, "KMEM_ADDED_BYTES="),
	       find(event, bytes, "KMEM_FAILED_BYTES="));
	fflush(stdout);
}

int main(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT);
	static char event[EVENT_BYTES];
	ssize_t bytes;

	if (fd < 0 || bind(fd, (struct sockaddr *)&kernel, sizeof(kernel)))
		return perror("uevents"), 1;
	puts("ready");
	fflush(stdout);
	while ((bytes = recv(fd, event, sizeof(event) - 1, 0)) > 0) {
		event[bytes] = '\0';
		print(event, (size_t)bytes);
	}
	return perror("uevents"), 1;
}
