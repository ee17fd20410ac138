// SPDX-License-Identifier: GPL-2.0-or-later
// Two processes with memory, one that refuses, and what a sampler asks of this machine.
#include "watched.h"

#include "fault.h"
#include "unit.h"

/* ---- a machine ----------------------------------------------------------------------------- */

#define MEMINFO(node)                                                       \
	"Node " node " MemTotal:       1000 kB\nNode " node                 \
	" MemFree:         400 kB\nNode " node " FilePages:       100 kB\n" \
	"Node " node " AnonPages:       300 kB\nNode " node                 \
	" HugePages_Total:     2\nNode " node " HugePages_Free:      1\n"   \
	"Node " node " Whatever:      7 kB\n"

static const struct test_file files[] = {
	{ "/proc/2/stat", STAT("2 (kthreadd) S 0", "5", "0", "0"), 0 },
	{ "/proc/2/status", "Name:\tkthreadd\nUid:\t0\t0\t0\t0\n", 0 },
	{ "/proc/10/stat", STAT("10 (big one) S 1", "100", "16777216", "4096"), 0 },
	{ "/proc/10/status", STATUS("0", "16384"), 0 },
	{ "/proc/10/maps", "7f0000000000-7f0001000000 rw-p 00000000 00:00 0   [heap]\n",
	  0 },
	{ "/proc/10/cmdline", "big one --now", 0 },
	{ "/proc/10/cgroup", "12:cpu:/old\n0::/a/b\n", 0 },
	{ "/proc/20/stat", STAT("20 (small) S 10", "200", "65536", "16"), 0 },
	{ "/proc/20/status", STATUS("1000", "64"), 0 },
	{ "/proc/20/maps",
	  "00400000-00404000 r-xp 00000000 08:01 7   /bin/small\n"
	  "00600000-0060c000 rw-p 00000000 00:00 0   [heap]\n",
	  0 },
	{ "/proc/20/numa_maps", SMALL_MAPS, 0 },
	{ "/proc/20/cmdline", "small", 0 },
	{ "/proc/20/cgroup", "0::/a\n", 0 },
	{ "/proc/30/stat", STAT("30 (mine) S 10", "300", "65536", "16"), 0 },
	{ "/proc/30/status", STATUS("0", "64"), 0 },
	{ "/proc/pressure/memory",
	  "some avg10=1.50 avg60=0.00 avg300=0.00 total=1\n"
	  "full avg10=0.25 avg60=0.00 avg300=0.00 total=1\n",
	  0 },
	{ "/sys/devices/system/node/node0/meminfo", MEMINFO("0"), 0 },
	{ "/sys/devices/system/node/node2/meminfo", MEMINFO("2"), 0 },
	{ "/sys/fs/cgroup/a/memory.numa_stat",
	  "anon N0=4096 N1=0 N2=8192 N3=1\nfile N0=100 N1=0 N2=0 N3=0\nslab N0=1\n", 0 },
	{ 0 },
};

static const struct test_file denied[] = {
	{ "/proc/30/numa_maps", NULL, -EACCES },
	{ 0 },
};

/* ---- its clock and its descriptors ----------------------------------------------------------- */

uint64_t now_ns, cpu_step_ns, cpu_ns;
int open_fds;

static uint64_t fake_now(void)
{
	return now_ns;
}

static uint64_t fake_cpu(void)
{
	cpu_ns += cpu_step_ns;
	return cpu_ns;
}

static int fake_open(int pid)
{
	if (fault_point())
		return -EMFILE;
	open_fds++;
	return pid;
}

const char *statm_of_10, *statm_of_20;

static int fake_read(int fd, char *text, size_t size)
{
	if (fault_point())
		return -ESRCH;
	snprintf(text, size, "%s",
		 fd == 10 ? statm_of_10 :
		 fd == 20 ? statm_of_20 :
			    "16 16 0 0 0 0 0\n");
	return 0;
}

static void fake_close(int fd)
{
	(void)fd;
	open_fds--;
}

static int fake_peek(int pid, const char *name, char *text, size_t size)
{
	if (fault_point() || pid == 30)
		return -EACCES;
	(void)name;
	snprintf(text, size, "00400000 prefer (many):0,2 file=/bin/x mapped=1");
	return 0;
}

static const struct watch_ops fake_watch = {
	.open = fake_open,
	.read = fake_read,
	.close = fake_close,
	.peek = fake_peek,
	.now_ns = fake_now,
	.cpu_ns = fake_cpu,
};

/* Only one process has pages to be asked about. */
static int fake_where(const struct page_request *request)
{
	if (request->pid == FAKE_PID)
		return fake_page_ops.move(request);
	if (fault_point())
		return fault_sys_error();
	for (size_t i = 0; i < request->count; i++)
		request->status[i] = -ENOENT;
	return 0;
}

static const struct page_ops fake_pages_of_all = { .move = fake_where };

/* Nodes 0 and 1 are the fast tier, 2 the slow one. */
static const struct tier_nodeset tiers[] = { { .bits = { 3 } }, { .bits = { 4 } } };

int watch_begin(struct sampler *one, struct root *its)
{
	int ret = sampler_init(one, its, tiers, 2);

	one->looking.watch = &fake_watch;
	one->looking.pages = &fake_pages_of_all;
	one->looking.page_bytes = 4096;
	one->looking.hold_ns = 100000;
	one->looking.seed = 77;
	one->nodes = (struct tier_nodeset){ .bits = { 7 } };
	return ret;
}

const struct allowance everybody = {
	.pages = 2000,
	.cpu_ns = 1000000,
	.names = true,
};

int refresh(struct sampler *one, const struct allowance *allowance)
{
	int ret = sampler_refresh(one, allowance);

	if (!ret && allowance->pid)
		ret = sampler_mappings(one);
	if (!ret)
		ret = sampler_groups(one);
	return ret ? ret : sampler_publish(one, allowance->pid);
}

struct root *root;
struct sampler sampler;

int watch_set_up(void **state)
{
	(void)state;
	now_ns = 1000000000;
	cpu_ns = 0;
	cpu_step_ns = 0;
	open_fds = 0;
	statm_of_10 = "4096 4096 0 0 0 0 0\n";
	statm_of_20 = "16 16 0 0 0 0 0\n";
	fake_pages_reset();
	fake_pages_fill(0, 1024, 0);
	fake_pages_fill(1024, 3072, 2);
	root = patched_root(files_root(files), denied);
	assert_int_equal(watch_begin(&sampler, root), 0);
	return 0;
}

int watch_tear_down(void **state)
{
	(void)state;
	sampler_free(&sampler);
	root_close(root);
	return open_fds;
}

int watch_twice(const struct perf_ops *perf)
{
	struct root *lent = fault_lent_root(root);
	struct sampler one = { 0 };
	int ret = lent ? watch_begin(&one, lent) : -ENOMEM;

	one.looking.perf = perf;
	if (!ret)
		ret = refresh(&one, &everybody);
	now_ns += 1000000;
	if (!ret)
		ret = refresh(&one, &everybody);
	sampler_free(&one);
	root_close(lent);
	return ret;
}

const struct tier_process_sample *process(int pid)
{
	for (uint32_t i = 0; i < sampler.sample.n_processes; i++)
		if (sampler.sample.processes[i].pid == pid)
			return &sampler.sample.processes[i];
	fail_msg("no process %d", pid);
	return NULL;
}
