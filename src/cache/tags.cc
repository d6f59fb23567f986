#include "cache/tags.h"

namespace hawser::cache {

Index Tags::New() {
  const Index index = tags_.Take();
  Tag& tag = tags_[index];
  tag.taken = true;
  tag.soft = tag.hard = floor_;
  return index;
}

void Tags::Stage(Index tag) {
  if (valid(tag)) staged_.push_back(tag);
}

TagList Tags::TakeStaged() {
  TagList list = kNone;
  for (const Index tag : staged_) {
    const TagList node = nodes_.Take();
    nodes_[node] = {tag, list};
    ++tags_[tag].holders;
    list = node;
  }
  staged_.clear();
  return list;
}

void Tags::Release(TagList list) {
  while (list != kNone) {
    const Node node = nodes_[list];
    nodes_.Free(list);
    list = node.next;
    ++steps_;
    Tag& tag = tags_[node.tag];
    if (--tag.holders == 0 && !tag.queued) {
      tag.queued = true;
      unused_.push_back(node.tag);
    }
  }
}

Index Tags::NextUnused() {
  while (!unused_.empty()) {
    const Index index = unused_.back();
    unused_.pop_back();
    Tag& tag = tags_[index];
    tag.queued = false;
    if (tag.holders > 0) continue;  // Somebody took it again meanwhile.
    if (tag.soft > floor_) floor_ = tag.soft;
    tag.taken = false;
    tags_.Free(index);
    return index;
  }
  return kNone;
}

void Tags::Invalidate(Index index, Sequence at, bool hard) {
  if (!valid(index)) return InvalidateUnknown(at);
  tags_[index].soft = at;
  if (hard) tags_[index].hard = at;
}

bool Tags::HardSince(TagList list, Sequence began) const {
  for (; list != kNone; list = nodes_[list].next) {
    ++steps_;
    if (tags_[nodes_[list].tag].hard > began) return true;
  }
  return false;
}

bool Tags::AnySince(TagList list, Sequence began) const {
  for (; list != kNone; list = nodes_[list].next) {
    ++steps_;
    if (tags_[nodes_[list].tag].soft > began) return true;
  }
  return false;
}

}  // namespace hawser::cache
