import { useWords } from "@tongban/shared/words";
import { Button, Input, Modal, type InputRef } from "antd";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useLocation } from "react-router";

import { DemoAccounts, useDemo } from "../frame/demo";
import { Fault } from "../frame/Fault";
import { useSession } from "./SessionProvider";

/** User name and password. `fixed` is the account whose page waits behind: only the password is asked. */
export function SignInForm({ fixed, autoFocus = true }: { fixed?: string; autoFocus?: boolean }) {
  const { t } = useWords();
  const { signIn } = useSession();
  const demo = useDemo();
  // The front page of a demo says which account was pressed there; its password is known.
  const pressed = (useLocation().state as { username?: string } | null)?.username ?? "";
  const [username, setUsername] = useState(fixed ?? pressed);
  const [typed, setPassword] = useState<string>();
  const password = typed ?? (!fixed && pressed !== "" ? (demo?.password ?? "") : "");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const name = useRef<InputRef>(null);
  const secret = useRef<InputRef>(null);
  const submitButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (autoFocus) (fixed ? secret : name).current?.focus();
  }, [autoFocus, fixed]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await signIn(username.trim(), password);
    } catch (problem) {
      setError(problem);
      setPassword("");
      secret.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="sign-in" onSubmit={(event) => void submit(event)}>
      <label htmlFor="username">{t("session.username")}</label>
      <Input id="username" ref={name} value={username} autoComplete="username" spellCheck={false} autoCapitalize="none" required onChange={(e) => setUsername(e.target.value)} />
      <label htmlFor="password">{t("session.password")}</label>
      <Input.Password id="password" ref={secret} value={password} autoComplete="current-password" required onChange={(e) => setPassword(e.target.value)} />
      <Fault error={error} />
      <Button type="primary" htmlType="submit" ref={submitButton} size="large" block loading={busy}>
        {t("session.signIn")}
      </Button>
      {fixed ? null : (
        <DemoAccounts
          entry={(account, secretOfAll, content) => (
            <button
              type="button"
              onClick={() => {
                setUsername(account.username);
                setPassword(secretOfAll);
                setError(undefined);
                submitButton.current?.focus();
              }}
            >
              {content}
            </button>
          )}
        />
      )}
    </form>
  );
}

/** Asks for the password over the page that was being worked on. The page and everything typed in it stay. */
export function SignInAgain() {
  const { t } = useWords();
  const { lapsed, session } = useSession();
  return (
    <Modal open={lapsed} title={t("session.lapsed")} footer={null} closable={false} mask={{ closable: false }} keyboard={false} destroyOnHidden width={400}>
      <p className="quiet">{t("session.lapsedText")}</p>
      <SignInForm fixed={session?.account.username} />
    </Modal>
  );
}
