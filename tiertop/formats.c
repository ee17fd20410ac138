// SPDX-License-Identifier: GPL-2.0-or-later
// CSV (RFC 4180) and OpenMetrics 1.0. What is not known is an empty field, or no metric at all.
#include "formats.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

/* ---- CSV ------------------------------------------------------------------------------------ */

static int put_quoted(struct strbuf *out, const char *text)
{
	int ret = strbuf_puts(out, "\"");

	for (; !ret && *text; text++)
		ret = strbuf_printf(out, *text == '"' ? "\"%c" : "%c", *text);
	return ret ? ret : strbuf_puts(out, "\"");
}

static int put_head(const struct record *record, struct strbuf *out)
{
	int ret = strbuf_puts(out, "time,pid,parent,user,resident_bytes,how,age_s");

	for (size_t i = 0; !ret && i <= record->n_tiers; i++) {
		char name[24];

		snprintf(name, sizeof(name), i < record->n_tiers ? "tier%zu" : "rest", i);
		ret = strbuf_printf(out, ",%s_bytes,%s_lowest_bytes,%s_highest_bytes",
				    name, name, name);
	}
	if (!ret)
		ret = strbuf_puts(out, ",promoted_bytes_per_s,demoted_bytes_per_s,policy,"
				       "heap,cgroup,name,command,"
				       "promoted_lowest_bytes_per_s,"
				       "promoted_highest_bytes_per_s,"
				       "demoted_lowest_bytes_per_s,"
				       "demoted_highest_bytes_per_s\r\n");
	return ret;
}

static int put_places(const struct record *record, const struct rec_process *process,
		      struct strbuf *out)
{
	int ret = 0;

	for (size_t i = 0; !ret && i <= record->n_tiers; i++) {
		const struct estimate *place = process->tiers ? &process->tiers[i] : NULL;

		ret = place ? strbuf_printf(out, ",%.0f,%.0f,%.0f", place->value,
					    place->lowest, place->highest) :
			      strbuf_puts(out, ",,,");
	}
	if (ret)
		return ret;
	return process->knows_flows ?
		       strbuf_printf(out, ",%.0f,%.0f", process->promoted.value,
				     process->demoted.value) :
		       strbuf_puts(out, ",,");
}

/* Behind all others, as they came later. */
static int put_flow_ends(const struct rec_process *process, struct strbuf *out)
{
	const struct estimate *promoted = &process->promoted,
			      *demoted = &process->demoted;

	if (!process->knows_flows)
		return strbuf_puts(out, ",,,,\r\n");
	return strbuf_printf(out, ",%.0f,%.0f,%.0f,%.0f\r\n", promoted->lowest,
			     promoted->highest, demoted->lowest, demoted->highest);
}

static int put_process(const struct record *record, const struct rec_process *process,
		       struct strbuf *out)
{
	const char *const texts[] = { process->policy, process->heap, process->cgroup,
				      process->name, process->command };
	int ret = strbuf_printf(out, "%.3f,%d,%d,", record->time, process->pid,
				process->parent);

	if (!ret)
		ret = put_quoted(out, process->user);
	if (!ret)
		ret = strbuf_printf(out, ",%" PRIu64 ",%s,%.1f", process->resident,
				    placed_words[process->how], process->age);
	if (!ret)
		ret = put_places(record, process, out);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(texts); i++) {
		ret = strbuf_puts(out, ",");
		if (!ret)
			ret = put_quoted(out, texts[i]);
	}
	return ret ? ret : put_flow_ends(process, out);
}

int csv_write(const struct record *record, bool has_head, struct strbuf *out)
{
	int ret = has_head ? put_head(record, out) : 0;

	for (size_t i = 0; !ret && i < record->n_processes; i++)
		ret = put_process(record, &record->processes[i], out);
	return ret;
}

/* ---- OpenMetrics ----------------------------------------------------------------------------- */

static int put_label(struct strbuf *out, const char *text)
{
	int ret = 0;

	for (; !ret && *text; text++) {
		if (*text == '"' || *text == '\\')
			ret = strbuf_puts(out, "\\");
		if (!ret)
			ret = (unsigned char)*text < ' ' || (unsigned char)*text > 126 ?
				      strbuf_puts(out, "?") :
				      strbuf_add(out, text, 1);
	}
	return ret;
}

static const struct gauge {
	const char *name, *help;
	size_t offset; /* of a struct known in a tier */
} gauges[] = {
	{ "tier_total_bytes", "Memory of the tier.", offsetof(struct rec_tier, total) },
	{ "tier_free_bytes", "Free memory of the tier.",
	  offsetof(struct rec_tier, free) },
	{ "tier_file_bytes", "Pages of files.", offsetof(struct rec_tier, file) },
	{ "tier_anon_bytes", "Anonymous pages.", offsetof(struct rec_tier, anon) },
	{ "tier_huge_bytes", "Pages of hugetlbfs.", offsetof(struct rec_tier, huge) },
	{ "tier_lost_bytes", "Lost to alignment, bad blocks or poison.",
	  offsetof(struct rec_tier, lost) },
	{ "tier_promoted_bytes_per_second", "Promoted into the tier.",
	  offsetof(struct rec_tier, promoted) },
	{ "tier_demoted_bytes_per_second", "Demoted out of the tier.",
	  offsetof(struct rec_tier, demoted) },
};

static int put_family(struct strbuf *out, const char *name, const char *help)
{
	return strbuf_printf(out, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
}

static int put_tiers(const struct record *record, const struct gauge *gauge,
		     struct strbuf *out)
{
	int ret = put_family(out, gauge->name, gauge->help);

	for (size_t i = 0; !ret && i < record->n_tiers; i++) {
		const struct rec_tier *tier = &record->tiers[i];
		const struct known *known =
			(const void *)((const char *)tier + gauge->offset);

		if (known->is_known)
			ret = strbuf_printf(out,
					    "%s{tier=\"%zu\",kind=\"%s\",nodes=\"%s\"} "
					    "%.0f\n",
					    gauge->name, i, tier->kind, tier->nodes,
					    known->value);
	}
	return ret;
}

/* One of the three numbers of a process in a tier. */
static const struct bound {
	const char *name, *help;
	size_t offset;
} bounds[] = {
	{ "tier_process_bytes", "Where a process's memory lies.",
	  offsetof(struct estimate, value) },
	{ "tier_process_lowest_bytes", "Lower end of its 95 % interval.",
	  offsetof(struct estimate, lowest) },
	{ "tier_process_highest_bytes", "Upper end of its 95 % interval.",
	  offsetof(struct estimate, highest) },
};

static int put_one(const struct rec_process *process, const struct bound *bound,
		   size_t tier, struct strbuf *out)
{
	const char *at = (const char *)&process->tiers[tier] + bound->offset;
	double value;
	int ret = strbuf_printf(out, "%s{pid=\"%d\",name=\"", bound->name, process->pid);

	memcpy(&value, at, sizeof(value));
	if (!ret)
		ret = put_label(out, process->name);
	return ret ? ret : strbuf_printf(out, "\",tier=\"%zu\"} %.0f\n", tier, value);
}

static int put_bound(const struct record *record, const struct bound *bound,
		     struct strbuf *out)
{
	int ret = put_family(out, bound->name, bound->help);

	for (size_t i = 0; !ret && i < record->n_processes; i++)
		for (size_t tier = 0;
		     !ret && record->processes[i].tiers && tier < record->n_tiers; tier++)
			ret = put_one(&record->processes[i], bound, tier, out);
	return ret;
}

/* One of the rates of what was counted, and of whom: CPUs, on whichever tier the memory is, or
 * controllers. */
static const struct rate {
	const char *name, *help;
	bool of_cpus;
	size_t offset;
} rates[] = {
	{ "tier_cpu_memory_bytes_per_second", "Moved by the CPUs below a cache.", true,
	  offsetof(struct rec_bandwidth, total) },
	{ "tier_memory_read_bytes_per_second",
	  "Read from the memory behind a socket's controllers.", false,
	  offsetof(struct rec_bandwidth, read) },
	{ "tier_memory_written_bytes_per_second",
	  "Written to the memory behind a socket's controllers.", false,
	  offsetof(struct rec_bandwidth, write) },
};

static bool has_rate(const struct rec_bandwidth *one, const struct rate *rate)
{
	bool is_of_cpus = !*one->of || !strcmp(one->of, "cpus");

	return is_of_cpus == rate->of_cpus;
}

static int put_rate(const struct rec_bandwidth *one, const struct rate *rate,
		    struct strbuf *out)
{
	const struct known *known = (const void *)((const char *)one + rate->offset);
	const char *const labels[][2] = { { "nodes", one->nodes },
					  { "of", one->of },
					  { "source", one->source } };
	int ret = 0;

	if (!known->is_known)
		return 0;
	ret = strbuf_printf(out, "%s{domain=\"%d\"", rate->name, one->domain);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(labels); i++) {
		ret = strbuf_printf(out, ",%s=\"", labels[i][0]);
		if (!ret)
			ret = put_label(out, labels[i][1]);
		if (!ret)
			ret = strbuf_puts(out, "\"");
	}
	return ret ? ret : strbuf_printf(out, "} %.0f\n", known->value);
}

static int put_bandwidths(const struct record *record, struct strbuf *out)
{
	int ret = 0;

	for (size_t rate = 0; rate < ARRAY_SIZE(rates); rate++) {
		bool has_head = false;

		for (size_t i = 0; !ret && i < record->n_bandwidths; i++) {
			if (!has_rate(&record->bandwidths[i], &rates[rate]))
				continue;
			if (!has_head)
				ret = put_family(out, rates[rate].name, rates[rate].help);
			has_head = true;
			if (!ret)
				ret = put_rate(&record->bandwidths[i], &rates[rate], out);
		}
	}
	return ret;
}

int openmetrics_write(const struct record *record, struct strbuf *out)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(gauges); i++)
		ret = put_tiers(record, &gauges[i], out);
	if (!ret)
		ret = put_bandwidths(record, out);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(bounds); i++)
		ret = put_bound(record, &bounds[i], out);
	if (!ret)
		ret = put_family(out, "tiertop_cpu_seconds", "CPU time of one record.");
	if (!ret)
		ret = strbuf_printf(out, "tiertop_cpu_seconds %.6f\n",
				    record->cpu_ms / 1e3);
	return ret ? ret : strbuf_puts(out, "# EOF\n");
}
