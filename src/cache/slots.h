#ifndef HAWSER_CACHE_SLOTS_H_
#define HAWSER_CACHE_SLOTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace hawser::cache {

// An index into one of the pools of the cache: an entry, a flight, a tag, a space.
using Index = std::int32_t;
inline constexpr Index kNone = -1;

// The order in which things happened: every begin of a load and every invalidation takes the next number.
using Sequence = std::uint64_t;

// A pool of records that keep their address and their index for as long as they are taken. Grows by chunks,
// so that a cache of a million entries is never copied, and hands freed records out again, newest first.
//
// T must be default constructible. Take() and Free() are O(1).
template <typename T>
class Slots {
 public:
  Slots() = default;
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  // A record in its default state.
  Index Take() {
    if (!free_.empty()) {
      const Index index = free_.back();
      free_.pop_back();
      (*this)[index] = T{};
      return index;
    }
    if (static_cast<std::size_t>(size_) == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<T[]>(kChunk));
    return size_++;
  }

  // REQUIRES: index was taken and not freed since.
  void Free(Index index) { free_.push_back(index); }

  // Every index ever handed out is below this.
  Index size() const { return size_; }

  // REQUIRES: 0 <= index < size().
  T& operator[](Index index) {
    return chunks_[static_cast<std::size_t>(index) / kChunk][static_cast<std::size_t>(index) % kChunk];
  }
  const T& operator[](Index index) const {
    return chunks_[static_cast<std::size_t>(index) / kChunk][static_cast<std::size_t>(index) % kChunk];
  }

 private:
  static constexpr std::size_t kChunk = 256;

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<Index> free_;
  Index size_ = 0;
};

}  // namespace hawser::cache

#endif  // HAWSER_CACHE_SLOTS_H_
