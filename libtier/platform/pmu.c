// SPDX-License-Identifier: LGPL-2.1-or-later
// Which events of which devices count traffic is a table; what an event is, its unit included,
// comes from sysfs alone. No event is known here by its number.
#include "pmu.h"

#include <errno.h>
#include <string.h>

#include "cpus.h"
#include "parse.h"

#define DEVICES "/sys/bus/event_source/devices"

/* Of one memory controller: names that together are all reads, or all writes. */
#define NAMES 2

/*
 * arch/x86/events/intel/uncore_snbep.c, uncore_snb.c and uncore_discovery.c. The same traffic is
 * counted under several of these on some machines; the first that is there is taken.
 * Of amd_umc, amd_df and cxl_pmu no event is known that comes with a unit.
 */
static const struct traffic {
	const char *driver;
	enum pmu_memory memory;
	const char *names[PMU_FIGURES][NAMES];
} traffics[] = {
	{ "uncore_imc",
	  PMU_MEMORY,
	  { { "cas_count_read", NULL }, { "cas_count_write", NULL } } },
	{ "uncore_imc",
	  PMU_MEMORY,
	  { { "cas_count_read_sch0", "cas_count_read_sch1" },
	    { "cas_count_write_sch0", "cas_count_write_sch1" } } },
	{ "uncore_imc_free_running",
	  PMU_MEMORY,
	  { { "data_read", NULL }, { "data_write", NULL } } },
	{ "uncore_imc_free_running", PMU_MEMORY, { { "read", NULL }, { "write", NULL } } },
	{ "uncore_imc", PMU_MEMORY, { { "data_reads", NULL }, { "data_writes", NULL } } },
	{ "uncore_imc_free_running",
	  PMU_PMEM,
	  { { "ddrt_read", NULL }, { "ddrt_write", NULL } } },
};

/* Devices that count it, whether or not they name an event. */
static const char *const drivers[] = { "uncore_imc_free_running", "uncore_imc", "amd_umc",
				       "amd_df", "cxl_pmu" };

/* "uncore_imc", or "uncore_imc_0". */
static bool is_of(const char *device, const char *driver)
{
	size_t len = strlen(driver);

	if (strncmp(device, driver, len) != 0)
		return false;
	device += len;
	if (*device == '_')
		device++;
	return device[strspn(device, "0123456789")] == '\0';
}

static int read_file(struct root *root, const char *device, const char *folder,
		     const char *name, struct strbuf *out)
{
	SCOPED_STRBUF struct strbuf path = { 0 };
	int ret = strbuf_printf(&path, DEVICES "/%s%s%s", device, folder, name);

	return ret ? ret : root->ops->read(root, path.text, out);
}

/* Of an event, or of what describes it: events/NAME, events/NAME.scale. */
static int read_of_event(struct root *root, const struct pmu_event *event,
			 const char *name, const char *suffix, struct strbuf *out)
{
	char file[64];

	snprintf(file, sizeof(file), "%s%s", name, suffix);
	return read_file(root, event->pmu, "/events/", file, out);
}

/* ---- one event ---------------------------------------------------------------------------- */

static int place_term(struct root *root, const struct pmu_term *term,
		      struct pmu_event *event)
{
	SCOPED_STRBUF struct strbuf format = { 0 };
	char name[48];
	int ret;

	if (term->len >= sizeof(name) || memchr(term->name, '/', term->len))
		return -EINVAL;
	snprintf(name, sizeof(name), "%.*s", (int)term->len, term->name);
	ret = read_file(root, event->pmu, "/format/", name, &format);
	/* The event is there, so this is not "no such event". */
	if (ret)
		return ret == -ENOENT ? -EINVAL : ret;
	return pmu_place(strbuf_text(&format), term->value, &event->config);
}

static int read_config(struct root *root, const char *name, struct pmu_event *event)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = read_of_event(root, event, name, "", &text);
	const char *cursor = strbuf_text(&text);
	struct pmu_term term;
	size_t terms = 0;

	event->config = (struct pmu_config){ 0 };
	while (!ret && (ret = pmu_next_term(&cursor, &term)) > 0) {
		ret = place_term(root, &term, event);
		terms++;
	}
	return ret || terms ? ret : -EINVAL;
}

/* Without them the kernel does not say what it counts in. */
static int read_bytes(struct root *root, const char *name, struct pmu_event *event)
{
	SCOPED_STRBUF struct strbuf scale = { 0 }, unit = { 0 };
	int ret = read_of_event(root, event, name, ".scale", &scale);

	if (!ret)
		ret = read_of_event(root, event, name, ".unit", &unit);
	return ret ? ret :
		     pmu_bytes(strbuf_text(&scale), strbuf_text(&unit), &event->bytes);
}

/* One counter for each part of the machine that has such a device. */
static int add_for_cpus(const struct cpus *cpus, struct pmu_event *event,
			struct strbuf *out)
{
	int ret = -EINVAL;

	for (unsigned int cpu = 0; cpu < CPUS_MAX; cpu++) {
		if (!CPU_ISSET(cpu % CPU_SETSIZE, &cpus->set[cpu / CPU_SETSIZE]))
			continue;
		event->cpu = cpu;
		ret = strbuf_add(out, event, sizeof(*event));
		if (ret)
			break;
	}
	return ret;
}

static int add_event(struct root *root, const struct cpus *cpus, const char *name,
		     struct pmu_event *event, struct strbuf *out)
{
	int ret = read_config(root, name, event);

	if (!ret)
		ret = read_bytes(root, name, event);
	return ret ? ret : add_for_cpus(cpus, event, out);
}

/* ---- one device ---------------------------------------------------------------------------- */

static int read_type(struct root *root, struct pmu_event *event)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	uint64_t type;
	int ret = read_file(root, event->pmu, "/", "type", &text);

	if (ret)
		return ret;
	if (parse_u64(strbuf_text(&text), &type) || type > UINT32_MAX)
		return -EINVAL;
	event->type = (uint32_t)type;
	return 0;
}

static int read_cpus(struct root *root, struct pmu_event *event, struct cpus *cpus)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = read_file(root, event->pmu, "/", "cpumask", &text);

	while (!ret && text.len && text.text[text.len - 1] == '\n')
		strbuf_truncate(&text, text.len - 1);
	if (ret)
		return ret;
	return cpus_parse(strbuf_text(&text), cpus) ? -EINVAL : 0;
}

static int add_device(struct root *root, const struct traffic *traffic,
		      struct pmu_event *event, struct strbuf *out)
{
	struct cpus cpus;
	int ret = read_type(root, event);

	event->memory = traffic->memory;
	snprintf(event->driver, sizeof(event->driver), "%s", traffic->driver);
	if (!ret)
		ret = read_cpus(root, event, &cpus);
	for (int figure = 0; !ret && figure < PMU_FIGURES; figure++) {
		event->figure = (enum pmu_figure)figure;
		for (size_t i = 0; !ret && i < NAMES && traffic->names[figure][i]; i++)
			ret = add_event(root, &cpus, traffic->names[figure][i], event,
					out);
	}
	return ret;
}

/* 1: sysfs names the first of these events for this device. */
static int has_event(struct root *root, const struct traffic *traffic,
		     const struct pmu_event *event)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = read_of_event(root, event, traffic->names[PMU_READ][0], "", &text);

	if (ret == -ENOENT || ret == -ENOTDIR)
		return 0;
	return ret ? ret : 1;
}

/* ---- all of them --------------------------------------------------------------------------- */

/* A file that is missing, or says something else than the kernel documents. */
static int as_bad_file(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENOTDIR:
	case -EINVAL:
	case -ERANGE:
		return -EBADMSG;
	default:
		return error;
	}
}

/* 1: devices that count so; 0: none. A device that does not count what others of its driver do
 * would make the sum too small. */
static int add_traffic(struct root *root, const struct strbuf *devices,
		       const struct traffic *traffic, struct strbuf *out, char *name)
{
	const char *other = NULL;
	size_t counting = 0;

	for (size_t at = 0; at < devices->len; at += strlen(devices->text + at) + 1) {
		struct pmu_event event = { 0 };
		int ret;

		if (!is_of(devices->text + at, traffic->driver))
			continue;
		snprintf(event.pmu, sizeof(event.pmu), "%s", devices->text + at);
		ret = has_event(root, traffic, &event);
		counting += ret > 0;
		if (!ret)
			other = devices->text + at;
		if (ret)
			snprintf(name, PMU_NAME, "%s", event.pmu);
		if (ret > 0)
			ret = add_device(root, traffic, &event, out);
		if (ret)
			return as_bad_file(ret);
	}
	if (!counting || !other)
		return counting ? 1 : 0;
	snprintf(name, PMU_NAME, "%s", other);
	return -EBADMSG;
}

/* The first device that would count it. */
static int find_driver(const struct strbuf *devices, char *name)
{
	for (size_t at = 0; at < devices->len; at += strlen(devices->text + at) + 1)
		for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
			if (!is_of(devices->text + at, drivers[i]))
				continue;
			snprintf(name, PMU_NAME, "%s", devices->text + at);
			return -EOPNOTSUPP;
		}
	return -ENOENT;
}

int pmu_find_traffic(struct root *root, struct strbuf *out, char *name)
{
	SCOPED_STRBUF struct strbuf devices = { 0 };
	bool has[PMU_MEMORIES] = { false };
	size_t before = out->len;
	int ret = root->ops->list(root, DEVICES, &devices);

	for (size_t i = 0; ret >= 0 && i < ARRAY_SIZE(traffics); i++) {
		if (has[traffics[i].memory])
			continue;
		ret = add_traffic(root, &devices, &traffics[i], out, name);
		has[traffics[i].memory] = ret > 0;
	}
	if (ret >= 0 && out->len == before)
		ret = find_driver(&devices, name);
	if (ret >= 0)
		return 0;
	strbuf_truncate(out, before);
	return ret == -ENOTDIR ? -ENOENT : ret;
}
