package dev.claimwire.bench;

import dev.claimwire.bench.Claim.Fact;
import dev.claimwire.bench.Claim.Place;
import dev.claimwire.bench.Claim.State;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Raw message in; its claim event and the state after it out. Duplicates are cut, a late event folds its claim again. */
final class FoldProcessor implements Processor<byte[], byte[], String, byte[]> {
  static final String CLAIMS = "claims";
  static final String FACTS = "facts";
  static final String EVENTS_SINK = "events";
  static final String STATES_SINK = "states";
  /** Between claim key and event id in the store of facts: neither holds it. */
  private static final char SEPARATOR = '\u0000';

  private final String prefix;
  private final FactReader reader = new FactReader(Json.MAPPER);
  private final StringSerializer keys = new StringSerializer();
  private ProcessorContext<String, byte[]> context;
  private KeyValueStore<String, State> claims;
  private KeyValueStore<String, Fact> facts;

  FoldProcessor(String prefix) {
    this.prefix = prefix;
  }

  @Override
  public void init(ProcessorContext<String, byte[]> context) {
    this.context = context;
    claims = context.getStateStore(CLAIMS);
    facts = context.getStateStore(FACTS);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata at = context.recordMetadata().orElseThrow();
    String topic = at.topic().substring(prefix.length());
    Fact fact = reader.read(topic, at.partition(), at.offset(), record.headers(), record.value());
    if (fact == null) throw new IllegalStateException("the benchmark's set holds nothing that cannot be read");
    String factKey = fact.claimKey() + SEPARATOR + fact.eventId();
    if (facts.putIfAbsent(factKey, fact) != null) return;
    State before = claims.get(fact.claimKey());
    boolean late = before != null && Place.of(fact).compareTo(before.last()) < 0;
    State after = late ? ClaimFold.fold(history(fact.claimKey())) : ClaimFold.apply(before, fact);
    claims.put(fact.claimKey(), after);
    emit(before, after, fact, late, record.timestamp());
  }

  private List<Fact> history(String claimKey) {
    List<Fact> history = new ArrayList<>();
    try (KeyValueIterator<String, Fact> stored = facts.prefixScan(claimKey + SEPARATOR, keys)) {
      while (stored.hasNext()) {
        KeyValue<String, Fact> entry = stored.next();
        history.add(entry.value);
      }
    }
    return history;
  }

  private void emit(State before, State after, Fact fact, boolean late, long timestamp) {
    var event = Messages.event(before, after, fact, late);
    var eventHeaders = Messages.headers(fact, event.id(), event.type());
    context.forward(new Record<>(fact.claimKey(), Json.write(event), timestamp, eventHeaders), EVENTS_SINK);
    var stateHeaders = Messages.headers(fact, fact.claimKey() + '#' + after.version(), "claim.state");
    byte[] state = Json.write(Messages.state(after));
    context.forward(new Record<>(fact.claimKey(), state, timestamp, stateHeaders), STATES_SINK);
  }
}
