#ifndef HAWSER_CACHE_TAGS_H_
#define HAWSER_CACHE_TAGS_H_

#include <vector>

#include "cache/slots.h"

namespace hawser::cache {

// A list of tags held by an entry or a flight, as an index into Tags.
using TagList = Index;

// Tags as counters: invalidating one notes the sequence at which that happened, however many entries carry it.
// Whether an entry is concerned is found out when it is looked at, by comparing with the sequence at which its
// load began. No time of day is involved, so nothing depends on two events falling into one millisecond.
//
// A tag that no list holds any more is freed. Should its name come back, the new tag takes over the last
// invalidation of all that were forgotten (`floor`): too cautious at times, never too trusting.
class Tags {
 public:
  // A new tag held by no list. It stays until lists have held it and all have let go.
  Index New();

  // Collects a tag for the next TakeStaged(). An index that is not a tag is left out.
  void Stage(Index tag);

  // A list of the staged tags, each of them now held once more.
  TagList TakeStaged();

  // Lets go of a list. Tags that nobody holds any more are reported by NextUnused().
  void Release(TagList list);

  // A tag that nobody holds, or kNone. The tag is freed by this: its name must be forgotten.
  Index NextUnused();

  // Notes an invalidation. Soft ones leave values usable as stale ones.
  void Invalidate(Index tag, Sequence at, bool hard);

  // Notes the invalidation of a tag that has no index (nothing is known to carry it): a load that will name its
  // tags only when it is done may be concerned.
  void InvalidateUnknown(Sequence at) { floor_ = at; }

  // Whether a tag of the list was invalidated (hard; or in any way) after `began`.
  bool HardSince(TagList list, Sequence began) const;
  bool AnySince(TagList list, Sequence began) const;

  // List elements looked at since the start.
  std::uint64_t steps() const { return steps_; }

 private:
  struct Tag {
    Sequence soft = 0;  // Last invalidation of any kind.
    Sequence hard = 0;
    Index holders = 0;
    bool taken = false;
    bool queued = false;
  };
  struct Node {
    Index tag = kNone;
    TagList next = kNone;
  };

  bool valid(Index tag) const { return tag >= 0 && tag < tags_.size() && tags_[tag].taken; }

  Slots<Tag> tags_;
  Slots<Node> nodes_;
  std::vector<Index> staged_;
  std::vector<Index> unused_;
  Sequence floor_ = 0;
  mutable std::uint64_t steps_ = 0;
};

}  // namespace hawser::cache

#endif  // HAWSER_CACHE_TAGS_H_
