// Sorting without a copy of std::sort for every type, which costs the WebAssembly core 2 kB each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace hawser {

namespace sort_internal {

// Whether the element at index `a` goes before that at `b`.
using Before = bool (*)(const void* context, std::uint32_t a, std::uint32_t b);

// Sorts `indexes` by merging from the bottom up: stable, O(n log n), no recursion.
inline void Sort(std::vector<std::uint32_t>& indexes, const void* context, Before before) {
  const std::size_t size = indexes.size();
  std::vector<std::uint32_t> other(size);
  for (std::size_t width = 1; width < size; width *= 2) {
    for (std::size_t begin = 0; begin < size; begin += 2 * width) {
      const std::size_t middle = begin + width < size ? begin + width : size;
      const std::size_t end = begin + 2 * width < size ? begin + 2 * width : size;
      std::size_t left = begin;
      std::size_t right = middle;
      for (std::size_t at = begin; at < end; ++at) {
        const bool takes_right =
            left == middle || (right < end && before(context, indexes[right], indexes[left]));
        other[at] = takes_right ? indexes[right++] : indexes[left++];
      }
    }
    std::swap(indexes, other);
  }
}

}  // namespace sort_internal

// The indexes of `items` (a vector of T) in ascending order of `before(a, b)`, stable. `before` must not
// capture.
template <typename T, typename BeforeItems>
std::vector<std::uint32_t> SortedIndexes(const std::vector<T>& items, BeforeItems) {
  std::vector<std::uint32_t> indexes(items.size());
  for (std::uint32_t i = 0; i < indexes.size(); ++i) indexes[i] = i;
  sort_internal::Sort(indexes, &items, [](const void* context, std::uint32_t a, std::uint32_t b) {
    const auto& list = *static_cast<const std::vector<T>*>(context);
    return BeforeItems{}(list[a], list[b]);
  });
  return indexes;
}

// Sorts `items` in place, stable. `before` must not capture.
template <typename T, typename BeforeItems>
void SortItems(std::vector<T>& items, BeforeItems before) {
  std::vector<T> sorted;
  sorted.reserve(items.size());
  for (const std::uint32_t i : SortedIndexes(items, before)) sorted.push_back(std::move(items[i]));
  items = std::move(sorted);
}

}  // namespace hawser
