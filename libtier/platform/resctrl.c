// SPDX-License-Identifier: LGPL-2.1-or-later
// Documentation/arch/x86/resctrl.rst (filesystems/resctrl.rst since 6.16). A counter of the
// root group has what no other control group has, and each of these has its own, that of its
// monitoring groups included.
#include "resctrl.h"

#include <errno.h>
#include <string.h>

#include "cpus.h"
#include "gauges.h"
#include "parse.h"

#define RESCTRL "/sys/fs/resctrl"
#define DOMAIN	"mon_L3_"

static const char *const counters[RESCTRL_COUNTERS] = {
	[RESCTRL_TOTAL] = "mbm_total_bytes",
	[RESCTRL_LOCAL] = "mbm_local_bytes",
};

/* "Unavailable" and "Error" are no numbers. `group` is "" or "/NAME". */
static int read_counter(struct root *root, const char *group, const char *domain,
			const char *counter, uint64_t *value)
{
	SCOPED_STRBUF struct strbuf path = { 0 }, text = { 0 };
	int ret =
		strbuf_printf(&path, RESCTRL "%s/mon_data/%s/%s", group, domain, counter);

	if (!ret)
		ret = root->ops->read(root, path.text, &text);
	if (ret)
		return ret;
	return parse_u64(strbuf_text(&text), value) ? -ENODATA : 0;
}

/* Other names in the folder are files, or folders without counters. */
static int add_group(struct root *root, const char *group, const char *domain,
		     struct cpu_traffic *traffic)
{
	for (int i = 0; i < RESCTRL_COUNTERS; i++) {
		uint64_t value;
		int ret = read_counter(root, group, domain, counters[i], &value);

		if (ret == -ENOMEM)
			return ret;
		if (!ret)
			traffic->bytes[i] += value;
		else if (!*group || (ret != -ENOENT && ret != -ENOTDIR))
			traffic->known &= ~(1U << i);
	}
	return 0;
}

static int read_domain(struct root *root, const struct strbuf *groups, const char *name,
		       struct cpu_traffic *traffic)
{
	const char *digits = name + strlen(DOMAIN);
	int ret;

	*traffic = (struct cpu_traffic){ .known = (1U << RESCTRL_COUNTERS) - 1 };
	if (parse_digits(&digits, &traffic->domain) || *digits)
		return -EINVAL;
	ret = add_group(root, "", name, traffic);
	for (size_t at = 0; !ret && at < groups->len;
	     at += strlen(groups->text + at) + 1) {
		SCOPED_STRBUF struct strbuf group = { 0 };

		ret = strbuf_printf(&group, "/%s", groups->text + at);
		if (!ret)
			ret = add_group(root, group.text, name, traffic);
	}
	return ret;
}

int resctrl_read(struct root *root, struct strbuf *out)
{
	SCOPED_STRBUF struct strbuf names = { 0 }, groups = { 0 };
	int ret = root->ops->list(root, RESCTRL "/mon_data", &names);
	size_t before = out->len;

	if (!ret)
		ret = root->ops->list(root, RESCTRL, &groups);
	for (size_t at = 0; !ret && at < names.len; at += strlen(names.text + at) + 1) {
		const char *name = names.text + at;
		struct cpu_traffic traffic;

		if (strncmp(name, DOMAIN, strlen(DOMAIN)) != 0)
			continue;
		ret = read_domain(root, &groups, name, &traffic);
		/* Without either counter it tells of the cache only. */
		if (!ret && traffic.known)
			ret = strbuf_add(out, &traffic, sizeof(traffic));
		ret = ret == -EINVAL ? 0 : ret;
	}
	if (ret)
		return ret;
	return out->len > before ? 0 : -ENOENT;
}

/* ---- which nodes ----------------------------------------------------------------------- */

static int cache_of(struct root *root, unsigned int cpu, uint64_t *domain)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	char path[80];
	int ret;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/cache/index3/id",
		 cpu);
	ret = root->ops->read(root, path, &text);
	if (!ret && parse_u64(strbuf_text(&text), domain))
		ret = -ENODATA;
	return ret;
}

static int find_of_node(struct root *root, unsigned int node, struct cpu_traffic *traffic,
			size_t n)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct cpus cpus;
	uint64_t domain;
	int ret = node_file(root, node, "cpulist", &text);

	while (!ret && text.len && text.text[text.len - 1] == '\n')
		strbuf_truncate(&text, text.len - 1);
	/* A node without CPUs has an empty list, and who is gone has none. */
	if (ret || cpus_parse(strbuf_text(&text), &cpus))
		return ret == -ENOMEM ? ret : 0;
	for (unsigned int cpu = 0; cpu < CPUS_MAX; cpu++) {
		if (!CPU_ISSET(cpu % CPU_SETSIZE, &cpus.set[cpu / CPU_SETSIZE]))
			continue;
		ret = cache_of(root, cpu, &domain);
		if (ret == -ENOMEM)
			return ret;
		for (size_t i = 0; !ret && i < n; i++)
			if (traffic[i].domain == domain)
				tier_nodeset_add(&traffic[i].nodes, node);
	}
	return 0;
}

int resctrl_find_nodes(struct root *root, const struct tier_nodeset *among,
		       struct cpu_traffic *traffic, size_t n)
{
	int ret = 0;

	for (int node = tier_nodeset_next(among, -1); !ret && node >= 0;
	     node = tier_nodeset_next(among, node))
		ret = find_of_node(root, (unsigned int)node, traffic, n);
	return ret;
}
