// SPDX-License-Identifier: GPL-2.0-or-later
// Which of the policies was given.
#include "policy_options.h"

#include "cleanup.h"

struct policy_choice policy_choice(const struct policy_options *given)
{
	const struct policy_choice choices[] = {
		{ "--prefer", given->prefer, "prefer" },
		{ "--bind", given->bind, "bind" },
		{ "--interleave", given->interleave, "interleave" },
		{ "--weighted", given->weighted, "weighted" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(choices); i++)
		if (choices[i].selector)
			return choices[i];
	return (struct policy_choice){ 0 };
}
