// Which objects of the C ABI are open: with assertions on, one that was closed gets a message.
#pragma once

#include <typeinfo>

namespace karnin::api {

// By type too: another object may have got the address since.
#ifdef NDEBUG
inline void note_open(const void* /*object*/, const std::type_info& /*type*/) {}
inline void note_closed(const void* /*object*/, const std::type_info& /*type*/) {}
inline bool is_open(const void* /*object*/, const std::type_info& /*type*/) { return true; }
#else
void note_open(const void* object, const std::type_info& type);
void note_closed(const void* object, const std::type_info& type);
bool is_open(const void* object, const std::type_info& type);
#endif

template <typename Object>
bool is_open(const Object* object) {
  return object != nullptr && is_open(object, typeid(Object));
}

}  // namespace karnin::api
