#include "api/library/live_objects.h"

#ifndef NDEBUG

#include <mutex>
#include <set>
#include <typeindex>
#include <utility>

namespace karnin::api {
namespace {

struct LiveObjects {
  std::mutex mutex;
  std::set<std::pair<const void*, std::type_index>> objects;
};

LiveObjects& live() {
  static LiveObjects all;
  return all;
}

}  // namespace

void note_open(const void* object, const std::type_info& type) {
  const std::scoped_lock lock(live().mutex);
  live().objects.emplace(object, type);
}

void note_closed(const void* object, const std::type_info& type) {
  const std::scoped_lock lock(live().mutex);
  live().objects.erase({object, type});
}

bool is_open(const void* object, const std::type_info& type) {
  const std::scoped_lock lock(live().mutex);
  return live().objects.contains({object, type});
}

}  // namespace karnin::api

#endif
