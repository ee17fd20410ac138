// SPDX-License-Identifier: GPL-2.0-or-later
// C++'s operators in all their forms: blocks that can be written to, aligned as asked,
// freed by every delete that fits; and what a size beyond anything throws.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <malloc.h>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

struct alignas(256) wide {
	char bytes[512];
};

static volatile std::size_t huge = SIZE_MAX / 2;
/* What is kept here cannot be optimised away. */
static void *volatile sink;
static int handled;

static void handler()
{
	if (++handled == 2)
		std::set_new_handler(nullptr);
}

template <typename F> static const char *thrown(F f)
{
	try {
		f();
	} catch (const std::bad_alloc &) {
		return "bad_alloc";
	}
	return "nothing";
}

int main()
{
	const std::align_val_t align{ 128 };
	void *p;

	sink = p = ::operator new(100), std::memset(p, 1, 100), ::operator delete(p);
	sink = p = ::operator new(100), ::operator delete (p, std::size_t{ 100 });
	sink = p = ::operator new(100, std::nothrow), ::operator delete(p, std::nothrow);
	sink = p = ::operator new[](100), ::operator delete[](p);
	sink = p = ::operator new[](100), ::operator delete[](p, std::size_t{ 100 });
	sink = p = ::operator new[](100, std::nothrow),
	::operator delete[](p, std::nothrow);
	sink = p = ::operator new(100, align);
	std::printf("aligned new: %d\n", (std::uintptr_t)p % 128 == 0);
	::operator delete(p, align);
	sink = p = ::operator new(100, align), ::operator delete(p, 100, align);
	sink = p = ::operator new(100, align, std::nothrow);
	::operator delete(p, align, std::nothrow);
	sink = p = ::operator new[](100, align), ::operator delete[](p, align);
	sink = p = ::operator new[](100, align), ::operator delete[](p, 100, align);
	sink = p = ::operator new[](100, align, std::nothrow);
	::operator delete[](p, align, std::nothrow);

	/* Not C++'s word, but programs ask. */
	sink = p = ::operator new(100);
	std::printf("of malloc's heap: %d\n", malloc_usable_size(p) >= 100);
	::operator delete(p);

	auto one = std::make_unique<wide>();
	std::vector<wide> many(10);
	std::printf("alignas(256): %d %d\n", (std::uintptr_t)one.get() % 256 == 0,
		    (std::uintptr_t)many.data() % 256 == 0);

	std::printf("too large: %s, nothrow %p\n",
		    thrown([] { sink = ::operator new(huge); }),
		    ::operator new(huge, std::nothrow));
	std::printf("too large, aligned: %s, nothrow %p\n",
		    thrown([&] { sink = ::operator new(huge, align); }),
		    ::operator new(huge, align, std::nothrow));
	std::set_new_handler(handler);
	std::printf("with a handler: %s", thrown([] { sink = ::operator new(huge); }));
	std::printf(", asked %d times\n", handled);

	std::map<std::string, std::string> map;
	for (int i = 0; i < 10000; i++)
		map[std::to_string(i)] = std::string(i % 300, 'x');
	std::size_t sum = 0;
	for (const auto &[key, value] : map)
		sum += key.size() + value.size();
	std::printf("map: %zu\n", sum);
	return 0;
}
