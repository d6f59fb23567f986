#include "cache/flight.h"

namespace hawser::cache {

FlightId Flights::Begin() {
  if (count_ == 1 << kIndexBits) return kNone;
  const Index index = pool_.Take();
  generation_ = (generation_ + 1) % kGenerations;
  pool_[index].generation = generation_;
  pool_[index].live = true;
  ++count_;
  return IdOf(index);
}

Flight* Flights::Find(FlightId id) {
  if (id < 0) return nullptr;
  const Index index = IndexOf(id);
  if (index >= pool_.size()) return nullptr;
  Flight& flight = pool_[index];
  return flight.live && flight.generation == id >> kIndexBits ? &flight : nullptr;
}

void Flights::End(FlightId id) {
  Find(id)->live = false;
  pool_.Free(IndexOf(id));
  --count_;
}

FlightId Flights::IdOf(Index index) const { return pool_[index].generation << kIndexBits | index; }

}  // namespace hawser::cache
