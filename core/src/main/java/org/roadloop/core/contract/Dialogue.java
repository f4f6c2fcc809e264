package org.roadloop.core.contract;

import java.util.ArrayList;
import java.util.List;

/**
 * Who talks to whom about what, and all that was said (往来记录): the part of a negotiation or a
 * transfer that every state has.
 *
 * @param self our side
 * @param providerPid empty until known
 * @param consumerPid empty until known
 * @param peer DID of the other side
 * @param peerAddress base URL its messages go to
 * @param turns what was said and accepted, oldest first
 */
public record Dialogue(
        Role self,
        String providerPid,
        String consumerPid,
        String peer,
        String peerAddress,
        List<Turn> turns) {
    /** More rounds than this are refused: a negotiation is no chat. */
    public static final int MAX_TURNS = 64;

    /**
     * One message and who sent it.
     *
     * @param id {@code @id} of the message, by which a repetition is known from a new message of
     *     the same words; empty if it had none
     */
    public record Turn(Role sender, Message message, String id) {}

    public Dialogue {
        turns = List.copyOf(turns);
    }

    /** Our own id of it, the ledger's subject. */
    public String pid() {
        return self == Role.PROVIDER ? providerPid : consumerPid;
    }

    public String peerPid() {
        return self == Role.PROVIDER ? consumerPid : providerPid;
    }

    /** Where the turns begin that nobody of the other side has followed up: our last words. */
    public int lastWords() {
        int i = turns.size();
        while (i > 0 && turns.get(i - 1).sender() == self) {
            i--;
        }
        return i;
    }

    /** Adds a turn and learns the pids it carries. */
    Dialogue and(Role sender, Message message, String id) {
        List<Turn> more = new ArrayList<>(turns);
        more.add(new Turn(sender, message, id));
        return new Dialogue(
                self,
                providerPid.isEmpty() ? message.providerPid() : providerPid,
                consumerPid.isEmpty() ? message.consumerPid() : consumerPid,
                peer,
                peerAddress,
                more);
    }

    /** Adds what the other side said before it heard our last words, in front of these. */
    Dialogue beforeLastWords(Role sender, Message message, String id) {
        List<Turn> more = new ArrayList<>(turns);
        more.add(lastWords(), new Turn(sender, message, id));
        return new Dialogue(self, providerPid, consumerPid, peer, peerAddress, more);
    }

    Dialogue withPeerPid(String pid) {
        return self == Role.PROVIDER
                ? new Dialogue(self, providerPid, pid, peer, peerAddress, turns)
                : new Dialogue(self, pid, consumerPid, peer, peerAddress, turns);
    }

    /**
     * Whether this was said before: the same words, and not under another id. Two ids are two
     * messages, even if their words are the same.
     */
    boolean said(Role sender, Message message, String id) {
        for (Turn turn : turns) {
            if (turn.sender() == sender
                    && (id.isEmpty() || turn.id().isEmpty() || turn.id().equals(id))
                    && turn.message().equals(message)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether this began the dialogue. It can't begin twice, so here another id is no other
     * message: Eclipse EDC says its first request again under a new one.
     */
    boolean began(Role sender, Message message) {
        boolean first = message.providerPid().isEmpty() || message.consumerPid().isEmpty();
        return first
                && !turns.isEmpty()
                && turns.getFirst().sender() == sender
                && turns.getFirst().message().equals(message);
    }

    /** Whether this very message was said before, known by its id. */
    boolean saidUnder(String id, Role sender, Message message) {
        return !id.isEmpty()
                && turns.stream().anyMatch(t -> t.id().equals(id))
                && said(sender, message, id);
    }

    /**
     * Whether the other side says its last words again as a new message: it does not have what we
     * answered, or lost it.
     */
    public boolean saidAnew(Message message, String id) {
        int i = lastWords();
        return i > 0
                && i < turns.size()
                && turns.get(i - 1).message().equals(message)
                && !turns.get(i - 1).id().equals(id);
    }

    /** Whether a message names this dialogue: a pid it leaves empty is not compared. */
    boolean names(Message message) {
        return same(providerPid, message.providerPid()) && same(consumerPid, message.consumerPid());
    }

    private static boolean same(String ours, String theirs) {
        return ours.isEmpty() || theirs.isEmpty() || ours.equals(theirs);
    }
}
