package org.roadloop.core.clearing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Balances of all accounts (总账). One thread. An account gets a number when it is first named, so
 * that booking a use is four additions in an array.
 */
final class Accounts {
    private final Map<Account, Integer> numbers = new HashMap<>();
    private final List<Account> accounts = new ArrayList<>();
    private long[] milli = new long[64];

    int number(String participant, Account.Kind kind, String currency) {
        return numbers.computeIfAbsent(
                new Account(participant, kind, currency),
                account -> {
                    accounts.add(account);
                    if (accounts.size() > milli.length) {
                        milli = Arrays.copyOf(milli, milli.length * 2);
                    }
                    return accounts.size() - 1;
                });
    }

    /** What a posting must pass before the first of its entry is booked: all of them or none. */
    void check(int number, long amountMilli) {
        long balance = milli[number];
        if (((balance ^ balance + amountMilli) & (amountMilli ^ balance + amountMilli)) < 0) {
            throw new ArithmeticException(
                    "balance of " + accounts.get(number) + " would be beyond 64 bits");
        }
    }

    /** After {@link #check}. */
    void post(int number, long amountMilli) {
        milli[number] += amountMilli;
    }

    /**
     * @throws ArithmeticException if a balance does not hold it; then nothing is posted
     */
    void post(List<Posting> postings) {
        postings.forEach(posting -> check(number(posting), posting.milli()));
        postings.forEach(posting -> post(number(posting), posting.milli()));
    }

    private int number(Posting posting) {
        Account account = posting.account();
        return number(account.participant(), account.kind(), account.currency());
    }

    long balanceMilli(Account account) {
        Integer number = numbers.get(account);
        return number == null ? 0 : milli[number];
    }

    /** Every account that was ever posted to, in order (试算平衡表). */
    TreeMap<Account, Long> trialBalance() {
        TreeMap<Account, Long> balances = new TreeMap<>();
        for (int i = 0; i < accounts.size(); i++) {
            balances.put(accounts.get(i), milli[i]);
        }
        return balances;
    }

    /** Sum over all accounts of a currency: 0, or the clearing is broken. */
    long imbalanceMilli(String currency) {
        long sum = 0;
        for (int i = 0; i < accounts.size(); i++) {
            if (accounts.get(i).currency().equals(currency)) {
                // wraps like the sum of two's complements does: the end is right if it is 0
                sum += milli[i];
            }
        }
        return sum;
    }
}
