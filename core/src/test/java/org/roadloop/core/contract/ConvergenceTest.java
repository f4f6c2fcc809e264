package org.roadloop.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractNegotiationTerminationMessage;
import org.roadloop.core.contract.Message.ContractOfferMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.contract.Message.TransferCompletionMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.contract.Message.TransferTerminationMessage;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;

/**
 * Two real state machines and a channel that loses, repeats, delays and reorders, with sides that
 * are killed at any point: once messages pass again both say the same, and nobody had to give up.
 *
 * <p>A request that is under way for longer than all of the trouble is dead, its line has a time
 * limit; for negotiations it does no harm even so.
 *
 * <p>What is sent, repeated and given up is decided as the courier of the connector does: in order,
 * from the first word the other side is not known to have, by {@link Settlement} where it refuses.
 */
@Tag("slow")
class ConvergenceTest {
    private static final int RUNS = 4_000;
    private static final int TROUBLE = 40;

    /**
     * One side: what is durable, and what a kill loses.
     *
     * @param <S> state of the dialogue
     */
    private abstract static class Side<S> {
        final Role self;

        /** Durable; null until it has begun. */
        S now;

        /** How many turns are known to be on both sides; lost by a kill. */
        int shared;

        int ids;

        Side(Role self) {
            this.self = self;
        }

        abstract Dialogue dialogue();

        abstract String state();

        /** What this side may say now. */
        List<Message> words() {
            return knows() ? words(dialogue().providerPid(), dialogue().consumerPid()) : List.of();
        }

        abstract List<Message> words(String p, String c);

        /** Says it; it is durable then. */
        abstract void say(Message word, String id);

        /** Hears it; whether it is taken. */
        abstract boolean hear(Message word, String id);

        abstract Settlement settle(Message word, String theirs);

        /** The answer to the first word told the provider's pid. */
        abstract void learn();

        boolean knows() {
            return now != null;
        }

        int firstOpen() {
            return knows() ? Math.max(dialogue().lastWords(), shared) : 0;
        }

        boolean hasOpen() {
            return knows() && firstOpen() < dialogue().turns().size();
        }

        Dialogue.Turn open() {
            return dialogue().turns().get(firstOpen());
        }
    }

    private static final Policy OFFER =
            Policy.offer("o", List.of(new Permission("use", List.of(), List.of()))).withTarget("t");

    private static Dialogue between(Role self, String providerPid, String consumerPid) {
        return new Dialogue(self, providerPid, consumerPid, "peer", "http://peer", List.of());
    }

    private static final class NegotiationSide extends Side<Negotiation> {
        NegotiationSide(Role self) {
            super(self);
        }

        @Override
        Dialogue dialogue() {
            return now.dialogue();
        }

        @Override
        String state() {
            return now.state();
        }

        /** As the connector does it: a consumer that has signed does not terminate. */
        @Override
        List<Message> words(String p, String c) {
            boolean provider = self == Role.PROVIDER;
            Message end =
                    new ContractNegotiationTerminationMessage(p, c, "no", List.of(self.term()));
            return switch (now) {
                case Negotiation.Requested r ->
                        provider
                                ? List.of(
                                        new ContractOfferMessage(p, c, OFFER, ""), agree(p, c), end)
                                : List.of(end);
                case Negotiation.Offered o ->
                        provider
                                ? List.of(end)
                                : List.of(
                                        new ContractRequestMessage(p, c, OFFER, ""),
                                        new ContractNegotiationEventMessage(
                                                p, c, EventType.ACCEPTED),
                                        end);
                case Negotiation.Accepted a -> provider ? List.of(agree(p, c), end) : List.of(end);
                case Negotiation.Agreed a ->
                        provider
                                ? List.of(end)
                                : List.of(
                                        new ContractAgreementVerificationMessage(p, c, "sig"), end);
                case Negotiation.Verified v ->
                        provider
                                ? List.of(
                                        new ContractNegotiationEventMessage(
                                                p, c, EventType.FINALIZED),
                                        end)
                                : List.of();
                case Negotiation.Finalized f -> List.of();
                case Negotiation.Terminated t -> List.of();
            };
        }

        private static Message agree(String p, String c) {
            return new ContractAgreementMessage(
                    p, c, Agreement.conclude("a", "prov", "cons", OFFER, Instant.EPOCH));
        }

        @Override
        void say(Message word, String id) {
            now = moved(now.on((NegotiationMessage) word, self, id));
        }

        @Override
        boolean hear(Message word, String id) {
            NegotiationMessage message = (NegotiationMessage) word;
            Negotiation.Outcome outcome;
            if (now == null) {
                if (!(word instanceof ContractRequestMessage r && r.providerPid().isEmpty())) {
                    return false;
                }
                outcome = Negotiation.begin(between(self, "P", "C"), message, Role.CONSUMER, id);
            } else {
                outcome = now.on(message, self.other(), id);
            }
            if (outcome instanceof Negotiation.Outcome.Moved m) {
                now = m.to();
            }
            return !(outcome instanceof Negotiation.Outcome.Refused);
        }

        private static Negotiation moved(Negotiation.Outcome outcome) {
            return ((Negotiation.Outcome.Moved) outcome).to();
        }

        @Override
        Settlement settle(Message word, String theirs) {
            return Settlement.of(now, (NegotiationMessage) word, theirs);
        }

        @Override
        void learn() {
            now = Learning.learned(now, "P");
        }

        static NegotiationSide consumer() {
            NegotiationSide side = new NegotiationSide(Role.CONSUMER);
            NegotiationMessage first = new ContractRequestMessage("", "C", OFFER, "http://c");
            side.now =
                    moved(
                            Negotiation.begin(
                                    between(Role.CONSUMER, "", "C"),
                                    first,
                                    Role.CONSUMER,
                                    "first"));
            return side;
        }
    }

    private static final class TransferSide extends Side<TransferProcess> {
        TransferSide(Role self) {
            super(self);
        }

        @Override
        Dialogue dialogue() {
            return now.dialogue();
        }

        @Override
        String state() {
            return now.state();
        }

        @Override
        List<Message> words(String p, String c) {
            Message start = new TransferStartMessage(p, c, null);
            Message end = new TransferTerminationMessage(p, c, "", List.of());
            return switch (now) {
                case TransferProcess.Requested r ->
                        self == Role.PROVIDER ? List.of(start, start, end) : List.of(end);
                case TransferProcess.Started s ->
                        List.of(
                                new TransferSuspensionMessage(p, c, "", List.of()),
                                new TransferSuspensionMessage(p, c, "", List.of()),
                                new TransferCompletionMessage(p, c),
                                end);
                case TransferProcess.Suspended s -> List.of(start, start, start, end);
                case TransferProcess.Completed e -> List.of();
                case TransferProcess.Terminated t -> List.of();
            };
        }

        @Override
        void say(Message word, String id) {
            now = moved(now.on((TransferMessage) word, self, id, false));
        }

        private static TransferProcess moved(TransferProcess.Outcome outcome) {
            return ((TransferProcess.Outcome.Moved) outcome).to();
        }

        @Override
        boolean hear(Message word, String id) {
            TransferMessage message = (TransferMessage) word;
            TransferProcess.Outcome outcome;
            if (now == null) {
                if (!(word instanceof TransferRequestMessage)) {
                    return false;
                }
                outcome =
                        TransferProcess.begin(between(self, "P", "C"), message, Role.CONSUMER, id);
            } else {
                outcome = now.on(message, self.other(), id, hasOpen());
            }
            if (outcome instanceof TransferProcess.Outcome.Moved m) {
                now = m.to();
            }
            return !(outcome instanceof TransferProcess.Outcome.Refused);
        }

        @Override
        Settlement settle(Message word, String theirs) {
            return Settlement.of(now, (TransferMessage) word, theirs);
        }

        @Override
        void learn() {
            now = Learning.learned(now, "P");
        }

        static TransferSide consumer() {
            TransferSide side = new TransferSide(Role.CONSUMER);
            TransferMessage first = new TransferRequestMessage("C", "a", "f", null, "http://c");
            side.now =
                    moved(
                            TransferProcess.begin(
                                    between(Role.CONSUMER, "", "C"),
                                    first,
                                    Role.CONSUMER,
                                    "first"));
            return side;
        }
    }

    private record Late(Role to, Message word, String id) {}

    /** The run, and what it did, for the message of a failure. */
    private static final class World {
        final Random random;
        final Map<Role, Side<?>> sides = new EnumMap<>(Role.class);
        final List<Late> late = new ArrayList<>();
        final List<String> story = new ArrayList<>();

        World(Random random, Side<?> consumer, Side<?> provider) {
            this.random = random;
            sides.put(Role.CONSUMER, consumer);
            sides.put(Role.PROVIDER, provider);
        }

        void trouble() {
            Side<?> side = sides.get(random.nextBoolean() ? Role.CONSUMER : Role.PROVIDER);
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> decide(side);
                case 3, 4, 5, 6 -> send(side, true);
                case 7 -> arriveLate();
                case 8 -> {
                    if (random.nextInt(4) == 0) {
                        side.shared = 0;
                        story.add(side.self + " killed");
                    }
                }
                default -> {}
            }
        }

        /** The decider is asked of the newest state, whatever is still open. */
        private void decide(Side<?> side) {
            List<Message> words = side.words();
            if (!words.isEmpty()) {
                Message word = words.get(random.nextInt(words.size()));
                boolean ends =
                        word instanceof ContractNegotiationTerminationMessage
                                || word instanceof TransferTerminationMessage
                                || word instanceof TransferCompletionMessage;
                if (ends && random.nextInt(8) != 0) {
                    return; // most runs shall not be over early
                }
                side.say(word, side.self.term() + side.ids++);
                story.add(side.self + " says " + word.type() + " -> " + side.state());
            }
        }

        private void arriveLate() {
            if (!late.isEmpty()) {
                Late one = late.remove(random.nextInt(late.size()));
                if (sides.get(one.to()) instanceof TransferSide && dead(one)) {
                    return;
                }
                boolean taken = sides.get(one.to()).hear(one.word(), one.id());
                story.add("late " + one.word().type() + " " + one.id() + " to " + one.to() + taken);
            }
        }

        /** Its sender has been heard past it by other ways, and closed the line. */
        private boolean dead(Late one) {
            Side<?> from = sides.get(one.to().other());
            Side<?> to = sides.get(one.to());
            boolean heard =
                    to.knows()
                            && to.dialogue().turns().stream()
                                    .anyMatch(t -> t.id().equals(one.id()));
            boolean open =
                    from.dialogue().turns().stream()
                            .skip(from.firstOpen())
                            .anyMatch(t -> t.id().equals(one.id()));
            return !heard && !open;
        }

        /** Whether something moved. */
        boolean send(Side<?> side, boolean lossy) {
            if (!side.hasOpen()) {
                return false;
            }
            Side<?> other = sides.get(side.self.other());
            int i = side.firstOpen();
            Dialogue.Turn turn = side.open();
            boolean first = i == 0;
            Message word = turn.message();
            if (!first && side.dialogue().peerPid().isEmpty()) {
                return fail("a word before the peer's pid is known");
            }
            if (lossy && random.nextInt(5) == 0) {
                late.add(new Late(other.self, word, turn.id())); // not lost: under way for long
                story.add(side.self + " " + word.type() + " " + turn.id() + " is under way");
                return false;
            }
            if (lossy && random.nextInt(5) == 0) {
                late.add(new Late(other.self, word, turn.id())); // and once more, later
            }
            boolean taken = other.hear(word, turn.id());
            story.add(
                    side.self
                            + " sends "
                            + word.type()
                            + " "
                            + turn.id()
                            + " taken "
                            + taken
                            + " -> "
                            + (other.knows() ? other.state() : "-"));
            if (lossy && random.nextInt(5) == 0) {
                story.add("the answer is lost");
                return true;
            }
            if (taken) {
                side.shared = Math.max(side.shared, i + 1);
                learn(side);
                return true;
            }
            Settlement settlement = side.settle(word, other.knows() ? other.state() : "");
            story.add("settled " + settlement);
            if (settlement == Settlement.TAKEN) {
                side.shared = Math.max(side.shared, i + 1);
                return true;
            }
            if (settlement == Settlement.NOT_TAKEN && !lossy) {
                fail("refused though it could be taken");
            }
            return false;
        }

        private static void learn(Side<?> side) {
            if (side.dialogue().peerPid().isEmpty()) {
                side.learn();
            }
        }
    }

    private static void run(long seed, boolean transfers) {
        Random random = new Random(seed);
        Side<?> consumer = transfers ? TransferSide.consumer() : NegotiationSide.consumer();
        Side<?> provider =
                transfers ? new TransferSide(Role.PROVIDER) : new NegotiationSide(Role.PROVIDER);
        World world = new World(random, consumer, provider);
        try {
            for (int step = 0; step < TROUBLE; step++) {
                world.trouble();
            }
            world.story.add("messages pass again");
            for (int round = 0; consumer.hasOpen() || provider.hasOpen(); round++) {
                assertThat(round).as("rounds until everything is taken").isLessThan(50);
                world.send(consumer, false);
                world.send(provider, false);
            }
            assertThat(provider.state()).isEqualTo(consumer.state());
            if (!transfers) {
                for (Late one : world.late) {
                    world.sides.get(one.to()).hear(one.word(), one.id());
                }
                assertThat(provider.state()).as("after the late ones").isEqualTo(consumer.state());
            }
            if (consumer instanceof NegotiationSide c
                    && c.now instanceof Negotiation.Finalized f
                    && provider instanceof NegotiationSide p) {
                assertThat(((Negotiation.Finalized) p.now).agreement()).isEqualTo(f.agreement());
            }
        } catch (AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + "\n" + String.join("\n", world.story) + "\n" + e.getMessage(),
                    e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bothSidesSayTheSameInTheEnd(boolean transfers) {
        System.out.println("seeds 1.." + RUNS);
        for (long seed = 1; seed <= RUNS; seed++) {
            run(seed, transfers);
        }
    }
}
