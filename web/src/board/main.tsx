import { Page } from "../shell/Page";
import { Board } from "./Board";

Page("board", (token, onRefused) => <Board token={token} onRefused={onRefused} />);
