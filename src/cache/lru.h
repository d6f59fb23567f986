#ifndef HAWSER_CACHE_LRU_H_
#define HAWSER_CACHE_LRU_H_

#include "cache/slots.h"

namespace hawser::cache {

// Neighbours in a list of indices. A record holds one Links for each list it can be in.
struct Links {
  Index prev = kNone;
  Index next = kNone;
};

// A list of records of a pool, most recently used first, threaded through their member `links`. It owns nothing
// and allocates nothing; every operation is O(1).
template <typename T, Links T::* links>
class LruList {
 public:
  bool empty() const { return head_ == kNone; }
  Index newest() const { return head_; }
  Index oldest() const { return tail_; }

  // REQUIRES: index is not in the list.
  void PushFront(Slots<T>& pool, Index index) {
    Links& own = pool[index].*links;
    own.prev = kNone;
    own.next = head_;
    if (head_ != kNone) (pool[head_].*links).prev = index;
    head_ = index;
    if (tail_ == kNone) tail_ = index;
  }

  // REQUIRES: index is in the list.
  void Remove(Slots<T>& pool, Index index) {
    const Links own = pool[index].*links;
    (own.prev == kNone ? head_ : (pool[own.prev].*links).next) = own.next;
    (own.next == kNone ? tail_ : (pool[own.next].*links).prev) = own.prev;
    pool[index].*links = Links{};
  }

  // Makes the record the most recently used one. REQUIRES: index is in the list.
  void Touch(Slots<T>& pool, Index index) {
    if (head_ == index) return;
    Remove(pool, index);
    PushFront(pool, index);
  }

 private:
  Index head_ = kNone;
  Index tail_ = kNone;
};

}  // namespace hawser::cache

#endif  // HAWSER_CACHE_LRU_H_
