// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of dax devices: whether they are memory, will be, and of which zone.
#include <string.h>

#include "exam.h"

static const struct tier_node_info *target_of(const struct exam *exam,
					      const struct tier_dax_info *dax)
{
	return dax->target_node < 0 ?
		       NULL :
		       topology_node(exam->in.t, (unsigned int)dax->target_node);
}

/* Says so where there is no dax device; true then. */
static bool lacks_devices(struct exam *exam)
{
	if (exam->in.t->n_dax)
		return false;
	exam_not_applicable(exam, "there is no dax device");
	return true;
}

/* ---- zones ---------------------------------------------------------------------------- */

void check_auto_online(struct exam *exam)
{
	const char *policy = exam_kernel(exam).auto_online;
	struct tier_finding finding = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "a dax device that becomes memory goes where the kernel "
			       "keeps its own data too: it can hardly be taken back, and "
			       "daxctl refuses to reconfigure devices",
		.advice = "memory that is there already stays as it is; to keep this at "
			  "the next boot, add memhp_default_state=online_movable to the "
			  "kernel's command line",
	};

	if (lacks_devices(exam))
		return;
	if (!*policy)
		return exam_unknown(exam, "auto_online_blocks could not be read");
	finding.evidence = exam_text(exam, "auto_online_blocks is %s", policy);
	finding.mend =
		exam_text(exam, "echo online_movable > %s", kernel_auto_online_path);
	if (!strcmp(policy, "online") || !strcmp(policy, "online_kernel"))
		return exam_say(exam, &finding);
	exam_ok(exam, finding.evidence);
}

static bool is_kmem_memory(const struct exam *exam, const struct tier_node_info *node)
{
	const struct tier_topology *t = exam->in.t;

	/* A node with CPUs had memory before any device. */
	if (!(node->flags & TIER_NODE_HAS_MEMORY) || node->flags & TIER_NODE_HAS_CPUS)
		return false;
	for (size_t i = 0; i < t->n_dax; i++)
		if (t->dax[i].mode == TIER_DAX_SYSTEM_RAM &&
		    t->dax[i].target_node == (int)node->node)
			return true;
	return false;
}

void check_zones(struct exam *exam)
{
	const struct tier_topology *t = exam->in.t;
	struct tier_nodeset normal = { 0 };
	bool any = false;

	for (size_t i = 0; i < t->n_nodes; i++) {
		if (!is_kmem_memory(exam, &t->nodes[i]))
			continue;
		any = true;
		if (!(t->nodes[i].flags & TIER_NODE_MOVABLE_ONLY))
			(void)tier_nodeset_add(&normal, t->nodes[i].node);
	}
	if (!any)
		return exam_not_applicable(exam, "no dax device is memory");
	if (!t->facts.has_normal_memory.known)
		return exam_unknown(exam, "has_normal_memory could not be read");
	if (nodeset_is_empty(&normal))
		return exam_ok(exam, "memory of dax devices is movable only");
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .nodes = normal,
			 .evidence = exam_text(
				 exam,
				 "memory of a dax device on node %s is not in zone "
				 "Movable",
				 exam_nodes(exam, &normal)),
			 .consequence = "the kernel's own data may lie in it: slower to "
					"reach, and the device cannot be taken back then",
			 .advice = "tierctl dax offline DEVICE, then tierctl dax online "
				   "DEVICE, makes it movable, if it still can be taken "
				   "offline; as it is, a strict bind to it is safe",
		 });
}

/* ---- devices ---------------------------------------------------------------------------- */

static bool is_idle_memory(const struct exam *exam, const struct tier_dax_info *dax)
{
	const struct tier_node_info *node = target_of(exam, dax);

	if (dax->mode != TIER_DAX_SYSTEM_RAM || !node)
		return false;
	return !(node->flags & TIER_NODE_HAS_MEMORY) || !strcmp(dax->state, "offline") ||
	       !strcmp(dax->state, "unplugged");
}

static void say_idle(struct exam *exam, const struct tier_dax_info *dax)
{
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_PROBLEM,
			 .evidence = exam_text(exam,
					       "%s is bound to kmem%s%s, and its memory "
					       "is not online",
					       dax->name, *dax->state ? ", " : "",
					       dax->state),
			 .consequence = exam_text(exam,
						  "node %d lacks it: nobody can use it, "
						  "neither as memory nor as a device",
						  dax->target_node),
			 .mend = exam_text(exam, "tierctl dax online %s", dax->name),
		 });
}

static void say_device(struct exam *exam, const struct tier_dax_info *dax)
{
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .evidence = exam_text(exam, "%s %s", dax->name,
					       dax->mode == TIER_DAX_DEVDAX ?
						       "is a character device (devdax)" :
						       "has no driver"),
			 .consequence = "it is no memory: only a program that opens it "
					"by name can use it",
			 .advice = exam_text(exam,
					     "if nobody does: tierctl dax use-as-ram %s",
					     dax->name),
		 });
}

void check_unused_devices(struct exam *exam)
{
	const struct tier_topology *t = exam->in.t;
	size_t before = exam->count;

	if (lacks_devices(exam))
		return;
	for (size_t i = 0; i < t->n_dax; i++) {
		const struct tier_dax_info *dax = &t->dax[i];

		if (is_idle_memory(exam, dax))
			say_idle(exam, dax);
		else if (dax->mode != TIER_DAX_SYSTEM_RAM && target_of(exam, dax) &&
			 !(dax->flags & TIER_DAX_TOO_SMALL))
			say_device(exam, dax);
	}
	if (exam->count == before)
		exam_ok(exam, "each dax device that can be memory is");
}

void check_target_node(struct exam *exam)
{
	static const struct tier_finding none = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "it cannot become memory, as nobody knows on which node",
		.advice = "no command gives it one: the firmware must give its range a "
			  "proximity domain (SRAT)",
	};
	const struct tier_topology *t = exam->in.t;
	size_t before = exam->count;

	if (lacks_devices(exam))
		return;
	(void)exam_notes(exam, "dax-no-target-node", &none);
	for (size_t i = 0; i < t->n_dax; i++) {
		const struct tier_dax_info *dax = &t->dax[i];
		const struct tier_node_info *node = target_of(exam, dax);

		if (!node || !(node->flags & TIER_NODE_HAS_CPUS))
			continue;
		exam_say(exam,
			 &(struct tier_finding){
				 .health = TIER_HEALTH_PROBLEM,
				 .evidence = exam_text(exam,
						       "%s becomes memory of node %d, "
						       "which has CPUs",
						       dax->name, dax->target_node),
				 .consequence = "no policy and no kernel tier can tell "
						"its memory from that node's own",
				 .advice = "no command changes that: the firmware must "
					   "give its range a proximity domain of its own "
					   "(SRAT)",
			 });
	}
	if (exam->count == before)
		exam_ok(exam, "each dax device has a node of its own");
}

void check_device_size(struct exam *exam)
{
	static const struct tier_finding too_small = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "kmem refuses it",
		.advice = "no command helps but to make a larger device: ndctl "
			  "create-namespace --mode devdax, or daxctl create-device",
	};

	if (lacks_devices(exam))
		return;
	if (exam_notes(exam, "dax-too-small", &too_small))
		return;
	if (!exam->in.t->facts.block_bytes.known)
		return exam_unknown(exam, "the size of a memory block is not known");
	exam_ok(exam, "each dax device has a memory block at least");
}

/* ---- what makes memory of them ------------------------------------------------------------ */

void check_kmem_module(struct exam *exam)
{
	static const char *const words[] = {
		[KMEM_MODULE_LOADED] = "the kernel's own is loaded",
		[KMEM_MODULE_LOADED_OURS] = "tierkit's is loaded",
		[KMEM_MODULE_LOADABLE] = "the kernel's own is loaded when it is wanted",
		[KMEM_MODULE_LOADABLE_OURS] = "tierkit's is loaded when it is wanted",
	};
	enum kmem_module kmem = exam->in.symptoms->kmem;

	if (lacks_devices(exam))
		return;
	if (kmem == KMEM_MODULE_UNKNOWN)
		return exam_unknown(exam, "which modules there are is not known here");
	if (kmem != KMEM_MODULE_MISSING)
		return exam_ok(exam, words[kmem]);
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_PROBLEM,
			 .evidence = "modules.dep of this kernel has no kmem",
			 .consequence = "no dax device can become memory: daxctl and "
					"tierctl dax use-as-ram fail",
			 .advice = "install a kernel with CONFIG_DEV_DAX_KMEM "
				   "(Debian's linux-image-amd64 is one), or "
				   "tierkit's driver by DKMS",
		 });
}

/* Turns the line into a comment, in a copy that counts before the file of a package. */
static const char *silence(struct exam *exam, const struct udev_rule *rule)
{
	static const char comment[] = "'/" UDEV_OF_MEMORY ".*" UDEV_ONLINE "/s/^/#/'";
	bool is_own = !strcmp(rule->folder, UDEV_OWN_RULES);

	if (!rule->is_plain || rule->name[strspn(rule->name, UDEV_NAME_CHARS)])
		return NULL;
	if (is_own)
		return exam_text(exam, "sed -i %s %s/%s && udevadm control --reload",
				 comment, rule->folder, rule->name);
	return exam_text(exam,
			 "sed %s %s/%s > " UDEV_OWN_RULES
			 "/%s && udevadm control --reload",
			 comment, rule->folder, rule->name, rule->name);
}

void check_udev_rules(struct exam *exam)
{
	const struct udev_rules *rules = &exam->in.symptoms->rules;
	const size_t before = exam->count;

	if (lacks_devices(exam))
		return;
	if (!rules->known)
		return exam_unknown(exam, "udev's rules are not in a capture");
	for (size_t i = 0; i < rules->count; i++) {
		const struct udev_rule *rule = &rules->list[i];

		if (!strcmp(rule->state, "online_movable"))
			continue;
		exam_say(exam,
			 &(struct tier_finding){
				 .health = TIER_HEALTH_NOTE,
				 .evidence = exam_text(exam,
						       "%s/%s writes '%s' to memory that "
						       "is added",
						       rule->folder, rule->name,
						       rule->state),
				 .consequence = "where its conditions hold it races with "
						"daxctl and tierctl dax: memory of a "
						"device comes online in the wrong zone",
				 .mend = silence(exam, rule),
				 .advice = "without it memory that a hypervisor adds "
					   "must be brought online by somebody else",
			 });
	}
	if (exam->count == before)
		exam_ok(exam, "none brings memory online in another zone than Movable");
}

void check_daxctl(struct exam *exam)
{
	if (lacks_devices(exam))
		return;
	switch (exam->in.symptoms->daxctl) {
	case DAXCTL_UNKNOWN:
		return exam_unknown(exam, "what is installed is not in a capture");
	case DAXCTL_MISSING:
		return exam_not_applicable(exam, "libdaxctl is not installed");
	case DAXCTL_79:
		return exam_ok(exam, "libdaxctl is 79 or later");
	case DAXCTL_BEFORE_79:
		break;
	}
	exam_say(exam,
		 &(struct tier_finding){
			 .health = TIER_HEALTH_NOTE,
			 .evidence = "libdaxctl lacks daxctl_dev_is_system_ram_capable, "
				     "so it is older than 79",
			 .consequence = "of several devices daxctl may lose the error of "
					"one, it does not look whether blocks are "
					"removable before it takes them offline, and a "
					"zone may be wrong unseen",
			 .advice = "tierctl dax looks itself; upgrade ndctl and daxctl "
				   "where scripts use them",
		 });
}
