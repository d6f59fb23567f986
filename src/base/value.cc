#include "base/value.h"

namespace hawser {

// The linker, which optimizes too, would inline them again.
[[gnu::noinline]] Value::Value() = default;
[[gnu::noinline]] Value::Value(const Value&) = default;
[[gnu::noinline]] Value::Value(Value&&) noexcept = default;
[[gnu::noinline]] Value& Value::operator=(const Value&) = default;
[[gnu::noinline]] Value& Value::operator=(Value&&) noexcept = default;
[[gnu::noinline]] Value::~Value() = default;

}  // namespace hawser
